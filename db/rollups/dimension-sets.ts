import { ALL_DIMENSIONS, dimensionBit } from '../../domain/counts/counts.ts'
import { dimensionNames } from '../../domain/counts/dimensions.ts'

// SQL of a grouping by several sets of dimensions at once, where a dimension that a set does not have is ''.

/** `grouping sets (…)` for `group by`. */
export const groupingSets = (sets: readonly number[]): string =>
  `grouping sets (${sets.map((bits) => `(${members(bits)})`).join(', ')})`

const members = (bits: number) =>
  dimensionNames.filter((name) => (bits & dimensionBit[name]) !== 0).join(', ')

/** dimension_set of a row: grouping() says what it is not grouped by, the last argument as the lowest bit. */
export const setOfRow = `${ALL_DIMENSIONS} - grouping(${[...dimensionNames].reverse().join(', ')})`

/** Values of a row, in order of dimensionNames. */
export const valuesOfRow = dimensionNames.map((name) => `coalesce(${name}, '') as ${name}`).join(', ')
