import type { BucketSize } from '../../domain/counts.ts'
import type { DeviceType, Outcome } from '../../domain/login.ts'
import { coverRange, type MinuteRange } from './cover-range.ts'
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
  const columns = dimensions.map((dimension) =>
    groupBy.includes(dimension) ? sql`, ${sql(dimension)}` : sql`, null::text as ${sql(dimension)}`,
  )
  // postgres.js takes an empty list of fragments for a parameter.
  const grouped = groupBy.length === 0 ? sql`` : groupBy.map((dimension) => sql`, ${sql(dimension)}`)
  return await sql<CountRow[]>`
    /* loginCounts */
    select date_trunc(${bucket}, bucket, 'UTC') as bucket ${columns}, sum(logins)::bigint as logins
    from (${countsIn(sql, range, bucket, filter)}) as counts
    group by 1 ${grouped}
    order by 1 ${grouped}
    limit ${limit}`
}

/** Logins of the whole range. */
export async function readLoginTotal(
  { sql }: ReadSession,
  range: MinuteRange,
  filter: CountFilter,
): Promise<bigint> {
  const [row] = await sql<{ logins: bigint }[]>`
    /* loginTotal */
    select coalesce(sum(logins), 0)::bigint as logins from (${countsIn(sql, range, 'day', filter)}) as counts`
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
    from (${countsIn(sql, range, 'day', filter)}) as counts
    group by 1
    order by 2 ${order === 'asc' ? sql`asc` : sql`desc`}, ${sql(dimension)} collate "C"
    limit ${limit}`
}

/** Counts of the largest buckets that make up the range, and what the latest batches added to its minutes. */
function countsIn(sql: ReadSession['sql'], range: MinuteRange, largest: BucketSize, filter: CountFilter) {
  const pieces = coverRange(range, largest)
  const iso = (ms: number) => new Date(ms).toISOString()
  const columns = sql`bucket, device_type, app_version, locale, outcome, logins`
  return sql`
    select * from (
      select ${columns}
      from unnest(${pieces.map(({ size }) => size)}::text[]::bucket_size[],
                  ${pieces.map(({ fromMs }) => iso(fromMs))}::text[]::timestamptz[],
                  ${pieces.map(({ toMs }) => iso(toMs))}::text[]::timestamptz[]) as piece (size, since, until)
      join login_count on bucket_size = piece.size and bucket >= piece.since and bucket < piece.until
      union all
      select ${columns} from login_count_unfolded
      where bucket >= ${iso(range.fromMs)}::text::timestamptz and bucket < ${iso(range.toMs)}::text::timestamptz
    ) as counts
    where true ${withinFilter(sql, filter)}`
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
