import {
  byList,
  type DimensionList,
  type DimensionName,
  dimensions,
} from '../../../domain/counts/dimensions.ts'
import { type UsRegion, usRegionLocales } from '../../../domain/fields/us-region.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** For each dimension, the values of which a login must have one; null: any value. */
export type CountFilter = Record<DimensionList, string[] | null> & { usRegions: UsRegion[] | null }

export const anyLogin: CountFilter = { ...byList(() => null), usRegions: null }

/** The dimensions that a filter restricts. */
export const filteredDimensions = (filter: CountFilter): DimensionName[] =>
  dimensions
    .filter(({ name, list }) => filter[list] !== null || (name === 'locale' && filter.usRegions !== null))
    .map(({ name }) => name)

/** The SQL conditions (`and …`) of a filter. */
export const withinFilter = (sql: Sql, filter: CountFilter) => sql`
  ${dimensions.map(({ name, list }) => withinValues(sql, name, filter[list]))}
  ${filter.usRegions === null ? sql`` : withinRegions(sql, filter.usRegions)}`

const withinValues = (sql: Sql, name: DimensionName, values: string[] | null) =>
  values === null ? sql`` : sql`and ${sql(name)} = any(${values}::text[])`

function withinRegions(sql: Sql, regions: readonly UsRegion[]) {
  const chosen = [...usRegionLocales].flatMap(([locale, region]) =>
    regions.includes(region) ? [locale] : [],
  )
  const isOther = regions.includes('other')
    ? sql`or locale <> all(${[...usRegionLocales.keys()]}::text[])`
    : sql``
  return sql`and (locale = any(${chosen}::text[]) ${isOther})`
}
