import { dimensionNames, dimensions } from '../../domain/counts/dimensions.ts'

// SQL of the columns for dimensions (domain/counts/dimensions.ts), which have the same order in every table.

/** The columns that hold one value of each dimension. */
export const dimensionColumns = dimensionNames.join(', ')

/**
 * Joins the entries of a row, which holds them as arrays, as rows `added` of (unit, dimensions, logins).
 * @param unit the unit of time of an entry; the array has its name with an s
 * @param names the dimensions to read: each one costs time for every entry
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
