import { bucketMs, floorTo, type BucketSize } from '../../domain/counts.ts'
import type { DeviceType, Outcome } from '../../domain/login.ts'
import type { MinuteRange } from './minute-range.ts'
import { countsInBuckets } from './count-buckets.ts'
import type { ReadSession } from './snapshot.ts'

export const dimensions = ['device_type', 'app_version', 'locale', 'outcome'] as const
export type Dimension = (typeof dimensions)[number]

/** Only logins with one of the listed values; null: any value. */
export type CountFilter = {
  deviceTypes: DeviceType[] | null
  appVersions: string[] | null
  locales: string[] | null
  outcomes: Outcome[] | null
}

export type CountRow = { bucket: Date; logins: bigint } & Record<Dimension, string | null>

/**
 * Logins per bucket and dimensions in order of both; buckets without logins are absent, dimensions that were not asked
 * for are null. The first and last bucket count only what lies within the range.
 * @param limit rows that come back at most
 */
export async function readLoginCounts(
  { sql }: ReadSession,
  range: MinuteRange,
  bucket: BucketSize,
  groupBy: Dimension[],
  filter: CountFilter,
  limit: number,
): Promise<CountRow[]> {
  const buckets = utcBuckets(range, bucket)
  const columns = dimensions.map((dimension) =>
    groupBy.includes(dimension) ? sql`, ${sql(dimension)}` : sql`, null::text as ${sql(dimension)}`,
  )
  // postgres.js takes an empty list of fragments for a parameter.
  const grouped = groupBy.length === 0 ? sql`` : groupBy.map((dimension) => sql`, ${sql(dimension)}`)
  const rows = await sql<({ bucket_index: number } & Omit<CountRow, 'bucket'>)[]>`
    /* loginCounts */
    select bucket_index ${columns}, sum(logins)::bigint as logins
    from (${countsInBuckets(sql, buckets, groupBy, filter)}) as counts
    group by 1 ${grouped}
    order by 1 ${grouped}
    limit ${limit}`
  return rows.map(({ bucket_index, ...row }) => ({
    ...row,
    bucket: new Date(floorTo(buckets[bucket_index]?.fromMs ?? 0, bucketMs[bucket])),
  }))
}

function utcBuckets({ fromMs, toMs }: MinuteRange, size: BucketSize): MinuteRange[] {
  const buckets: MinuteRange[] = []
  for (let at = fromMs; at < toMs; at = buckets.at(-1)?.toMs ?? toMs)
    buckets.push({ fromMs: at, toMs: Math.min(toMs, floorTo(at, bucketMs[size]) + bucketMs[size]) })
  return buckets
}

/** Logins of the whole range. */
export async function readLoginTotal(
  { sql }: ReadSession,
  range: MinuteRange,
  filter: CountFilter,
): Promise<bigint> {
  const [row] = await sql<{ logins: bigint }[]>`
    /* loginTotal */
    select coalesce(sum(logins), 0)::bigint as logins from (${countsInBuckets(sql, [range], [], filter)}) as counts`
  return row?.logins ?? 0n
}

export type TopValue = { value: string; logins: bigint; total_logins: bigint; distinct_values: bigint }

/** The values of a dimension with the most (or fewest, at least one) logins; ties in order of the value. */
export async function readTopValues(
  { sql }: ReadSession,
  dimension: Dimension,
  range: MinuteRange,
  filter: CountFilter,
  order: 'asc' | 'desc',
  limit: number,
): Promise<TopValue[]> {
  return await sql<TopValue[]>`
    /* topValues */
    select ${sql(dimension)} as value,
           sum(logins)::bigint as logins,
           (sum(sum(logins)) over ())::bigint as total_logins,
           count(*) over () as distinct_values
    from (${countsInBuckets(sql, [range], [dimension], filter)}) as counts
    group by 1
    order by 2 ${order === 'asc' ? sql`asc` : sql`desc`}, ${sql(dimension)} collate "C"
    limit ${limit}`
}

/** `and …` for the dimensions. */
export const withinFilter = (
  sql: ReadSession['sql'],
  { deviceTypes, appVersions, locales, outcomes }: CountFilter,
) => sql`
  ${deviceTypes === null ? sql`` : sql`and device_type = any(${deviceTypes}::text[])`}
  ${appVersions === null ? sql`` : sql`and app_version = any(${appVersions}::text[])`}
  ${locales === null ? sql`` : sql`and locale = any(${locales}::text[])`}
  ${outcomes === null ? sql`` : sql`and outcome = any(${outcomes}::text[])`}`
