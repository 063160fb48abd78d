import type { DimensionName } from '../../../domain/counts/counts.ts'
import type { DeviceType, Outcome } from '../../../domain/login/login.ts'
import { type UsRegion, usRegionLocales } from '../../../domain/fields/us-region.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Only logins with one of the indexed values; null: any value. */
export type CountFilter = {
  deviceTypes: DeviceType[] | null
  appVersions: string[] | null
  locales: string[] | null
  usRegions: UsRegion[] | null
  outcomes: Outcome[] | null
}

/** The dimensions that a filter looks at. */
export const filteredDimensions = (filter: CountFilter): DimensionName[] => [
  ...(filter.deviceTypes === null ? [] : ['device_type' as const]),
  ...(filter.appVersions === null ? [] : ['app_version' as const]),
  ...(filter.locales === null && filter.usRegions === null ? [] : ['locale' as const]),
  ...(filter.outcomes === null ? [] : ['outcome' as const]),
]

/** `and …` for the dimensions. */
export const withinFilter = (
  sql: Sql,
  { deviceTypes, appVersions, locales, usRegions, outcomes }: CountFilter,
) => sql`
  ${deviceTypes === null ? sql`` : sql`and device_type = any(${deviceTypes}::text[])`}
  ${appVersions === null ? sql`` : sql`and app_version = any(${appVersions}::text[])`}
  ${locales === null ? sql`` : sql`and locale = any(${locales}::text[])`}
  ${usRegions === null ? sql`` : withinRegions(sql, usRegions)}
  ${outcomes === null ? sql`` : sql`and outcome = any(${outcomes}::text[])`}`

function withinRegions(sql: Sql, regions: readonly UsRegion[]) {
  const chosen = [...usRegionLocales].flatMap(([locale, region]) =>
    regions.includes(region) ? [locale] : [],
  )
  const isOther = regions.includes('other')
    ? sql`or locale <> all(${[...usRegionLocales.keys()]}::text[])`
    : sql``
  return sql`and (locale = any(${chosen}::text[]) ${isOther})`
}
