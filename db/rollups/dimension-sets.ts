import { ALL_DIMENSIONS, dimensionBit } from '../../domain/counts/counts.ts'
import { dimensionNames } from '../../domain/counts/dimensions.ts'

// SQL that groups by several sets of dimensions at once. A dimension that is not in the set of a row is ''.

/** Whether a login is counted by failureSets. */
export const IS_FAILURE = `outcome = 'failure'`
/** The others: logins proper, which make somebody active. */
export const IS_NO_FAILURE = `outcome <> 'failure'`

/** The `grouping sets (…)` of a `group by`. */
export const groupingSets = (sets: readonly number[]): string =>
  `grouping sets (${sets.map((bits) => `(${members(bits)})`).join(', ')})`

const members = (bits: number) =>
  dimensionNames.filter((name) => (bits & dimensionBit[name]) !== 0).join(', ')

/**
 * The dimension_set of a row. grouping() has a bit for each column that a row is not grouped by, the last one
 * lowest.
 */
export const setOfRow = `${ALL_DIMENSIONS} - grouping(${[...dimensionNames].reverse().join(', ')})`

/** The values of a row, in the order of dimensionNames. */
export const valuesOfRow = dimensionNames.map((name) => `coalesce(${name}, '') as ${name}`).join(', ')
