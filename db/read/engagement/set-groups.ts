import { dimensionOf, type GroupName } from '../../../domain/counts/dimensions.ts'
import { type UsRegion, usRegionLocales } from '../../../domain/fields/us-region.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** The stored values of a group, by what it is grouped by. */
export type GroupValues = Partial<Record<GroupName, string>>

/** The values of a row by what is grouped by, and nothing else that the row has. */
export const valuesBy = (by: readonly GroupName[], row: GroupValues): GroupValues =>
  Object.fromEntries(by.map((name) => [name, row[name]]))

/** The same text for the same values. */
export const keyOfStored = (by: readonly GroupName[], values: GroupValues): string =>
  by.map((name) => values[name] ?? '').join('\0')

/** The values of rows that have a column for each dimension, each followed by a comma. */
export const groupColumns = (sql: Sql, by: readonly GroupName[]) =>
  each(sql, by, (name) => sql`${valueIn(sql, name, dimensionOf(name))} as ${sql(name)}, `)

/** The same of rows of bitmaps, whose values are all of one dimension. */
export const facetColumns = (sql: Sql, by: readonly GroupName[]) =>
  each(sql, by, (name) => sql`${valueIn(sql, name, 'value')} as ${sql(name)}, `)

/** The names of the columns, each followed by a comma. */
export const groupNames = (sql: Sql, by: readonly GroupName[]) => each(sql, by, (name) => sql`${sql(name)}, `)

/** postgres.js takes an empty list for a value. */
const each = (sql: Sql, by: readonly GroupName[], of: (name: GroupName) => ReturnType<Sql>) =>
  by.length === 0 ? sql`` : by.map(of)

const valueIn = (sql: Sql, name: GroupName, column: string) =>
  name === 'us_region' ? regionOf(sql, column) : sql`${sql(column)}`

function regionOf(sql: Sql, column: string) {
  const regions = Map.groupBy(usRegionLocales, ([, region]) => region)
  const cases = Array.from(
    regions,
    ([region, locales]: [UsRegion, [string, UsRegion][]]) =>
      sql`when ${sql(column)} = any(${locales.map(([locale]) => locale)}::text[]) then ${region}::text `,
  )
  return sql`case ${cases} else 'other' end`
}
