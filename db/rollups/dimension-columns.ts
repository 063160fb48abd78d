import { dimensionNames, dimensions } from '../../domain/counts/dimensions.ts'

// SQL of the columns that tables have for dimensions (domain/counts/dimensions.ts), in the same order everywhere.

/** A value of each. */
export const dimensionColumns = dimensionNames.join(', ')

/**
 * Joins the entries of a row that has them as arrays: added (the unit of time, dimensions, logins).
 * @param unit of time that the entries are of; its array is named as it is, with an s
 * @param names of the dimensions asked for: each costs every entry
 */
export function joinEntries(
  row: string,
  unit: 'bucket' | 'quarter',
  names: readonly string[] = dimensionNames,
): string {
  const asked = dimensions.filter(({ name }) => names.includes(name))
  const columns = [unit, ...asked.map(({ name }) => name), 'logins']
  const arrays = [`${unit}s`, ...asked.map(({ arrayColumn }) => arrayColumn), 'logins']
  return `cross join unnest(${arrays.map((array) => `${row}.${array}`).join(', ')}) as added (${columns.join(', ')})`
}
