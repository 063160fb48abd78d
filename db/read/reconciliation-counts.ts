import {
  bucketMs,
  dimensionBit,
  type DimensionName,
  dimensionNames,
  dimensionSets,
  floorTo,
} from '../../domain/counts.ts'
import type { Difference } from '../../domain/reconciliation.ts'
import { isoTime } from '../../domain/iso-time.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

/** Minutes (Unix milliseconds) that the deltas of these batches count into. */
export async function readTouchedMinutes(sql: Sql, ids: readonly bigint[]): Promise<number[]> {
  const rows = await sql<{ bucket: Date }[]>`
    /* reconciliationMinutes */
    select distinct unnest(buckets) as bucket from login_count_delta where batch_id = any(${ids.map(String)}::bigint[])`
  return rows.map(({ bucket }) => bucket.getTime())
}

/** Minutes (Unix milliseconds), and how many differences come back at most. */
export type CountsToCompare = { minutes: readonly number[]; limit: number }

/** Counts of minutes against all deltas that touch them. */
export async function compareMinutes(sql: Sql, { minutes, limit }: CountsToCompare): Promise<Difference[]> {
  // As a multirange, because a search in it is binary; in a query of its own, because it is made once then.
  const rows = await sql<Row[]>`
    /* reconciliationMinuteCounts */
    with touched as materialized (select ${multirange(minutes)}::text::tstzmultirange as minutes), expected as (
      select ${ALL_DIMENSIONS}::smallint as dimension_set, added.bucket, ${key(sql)}, sum(added.logins) as logins
      from login_count_delta delta
      cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
        as added (bucket, device_type, app_version, locale, outcome, logins)
      where delta.buckets && ${minutes.map(isoTime)}::text[]::timestamptz[]
        and added.bucket <@ (select minutes from touched)
      group by added.bucket, ${key(sql)}
    ), found as (
      select ${ALL_DIMENSIONS}::smallint as dimension_set, bucket, ${key(sql)}, sum(logins) as logins
      from (
        select dimension_set, bucket, ${key(sql)}, logins from (${countsWithin(sql, 'minute', minutes)}) as held
        union all
        select ${ALL_DIMENSIONS}::smallint, bucket, ${key(sql)}, logins from login_count_unfolded
      ) as counts
      where dimension_set = ${ALL_DIMENSIONS} and bucket <@ (select minutes from touched)
      group by bucket, ${key(sql)}
    ) ${unequal(sql, limit)}`
  return rows.map((row) => countDifference('minute_count', 'minute', row))
}

/** Counts of the hours around the minutes against the minutes that they consist of. */
export async function compareHours(sql: Sql, { minutes, limit }: CountsToCompare): Promise<Difference[]> {
  const rows = await sql<Row[]>`
    /* reconciliationHourCounts */
    with expected as (
      select dimension_set, hour as bucket, ${key(sql)}, sum(logins) as logins
      from (${countsWithin(sql, 'minute', minutes)}) as counts
      where dimension_set = ${ALL_DIMENSIONS}
      group by dimension_set, hour, ${key(sql)}
    ), found as (
      select * from (${countsWithin(sql, 'hour', minutes)}) as counts
      where dimension_set = ${ALL_DIMENSIONS} and bucket = any(${starts(minutes, bucketMs.hour)}::text[]::timestamptz[])
    ) ${unequal(sql, limit)}`
  return rows.map((row) => countDifference('hour_count', 'hour', row))
}

/** Counts by fewer dimensions, around the minutes, against the sum of the counts by all. */
export async function compareSets(
  sql: Sql,
  size: 'minute' | 'hour',
  { minutes, limit }: CountsToCompare,
): Promise<Difference[]> {
  const fewer = dimensionSets.filter((set) => set !== ALL_DIMENSIONS)
  const kept = dimensionNames.map(
    (name) =>
      sql`case when sets.kept & ${dimensionBit[name]} = 0 then '' else ${sql(name)} end as ${sql(name)},`,
  )
  const rows = await sql<Row[]>`
    /* reconciliationSetCounts */
    with counts as materialized (${countsWithin(sql, size, minutes)}), expected as (
      select kept as dimension_set, bucket, ${key(sql)}, sum(logins) as logins
      from (
        select sets.kept, bucket, ${kept} logins
        from counts cross join unnest(${[...fewer]}::smallint[]) as sets (kept)
        where dimension_set = ${ALL_DIMENSIONS}
      ) as summed
      group by kept, bucket, ${key(sql)}
    ), found as (
      select * from counts where dimension_set <> ${ALL_DIMENSIONS}
    ) ${unequal(sql, limit)}`
  return rows.map((row) => countDifference('grouped_count', size, row))
}

const ALL_DIMENSIONS = Object.values(dimensionBit).reduce((sum, bit) => sum + bit)

/** Counts in the rows that hold the minutes: of the hours, or of the days, around them. */
function countsWithin(sql: Sql, size: 'minute' | 'hour', minutes: readonly number[]) {
  const [view, start, rowMs] =
    size === 'minute'
      ? (['minute_count_entry', 'hour', bucketMs.hour] as const)
      : (['hour_count_entry', 'day', bucketMs.day] as const)
  // Row by row: the planner cannot know how few they are, and would read the whole table at once.
  return sql`
    select counts.*
    from unnest(${starts(minutes, rowMs)}::text[]::timestamptz[]) as row (start)
    cross join unnest(${[...dimensionSets]}::smallint[]) as sets (kept)
    cross join lateral (
      select dimension_set, ${sql(start)}, bucket, ${key(sql)}, logins from ${sql(view)}
      where dimension_set = sets.kept and ${sql(start)} = row.start offset 0
    ) as counts`
}

const starts = (minutes: readonly number[], rowMs: number): string[] => [
  ...new Set(minutes.map((ms) => isoTime(floorTo(ms, rowMs)))),
]

const multirange = (minutes: readonly number[]): string =>
  `{${[...new Set(minutes)].map((ms) => `[${isoTime(ms)},${isoTime(ms + bucketMs.minute)})`).join(',')}}`

const key = (sql: Sql) => sql.unsafe(dimensionNames.join(', '))

function unequal(sql: Sql, limit: number) {
  return sql`
    select bucket, dimension_set as set, ${key(sql)},
           coalesce(expected.logins, 0)::bigint as expected, coalesce(found.logins, 0)::bigint as found
    from expected full join found using (dimension_set, bucket, ${key(sql)})
    where coalesce(expected.logins, 0) <> coalesce(found.logins, 0)
    order by bucket, dimension_set, ${key(sql)}
    limit ${limit}`
}

type Row = { bucket: Date; set: number; expected: bigint; found: bigint } & Record<DimensionName, string>

function countDifference(
  kind: Difference['kind'],
  size: 'minute' | 'hour',
  { bucket, set, expected, found, ...values }: Row,
): Difference {
  const value = (name: DimensionName) => ((set & dimensionBit[name]) === 0 ? null : values[name])
  const place = dimensionNames.map(value)
  const [deviceType = null, appVersion = null, locale = null, outcome = null] = place
  return {
    kind,
    partition: null,
    batchId: null,
    count: { size, bucket, deviceType, appVersion, locale, outcome },
    subject: `${size} ${bucket.toISOString()} ${JSON.stringify(place)}`,
    expected,
    found,
  }
}
