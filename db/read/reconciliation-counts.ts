import { bucketMs, floorTo, type BucketSize } from '../../domain/counts.ts'
import type { Difference } from '../../domain/reconciliation.ts'
import type { MinuteRange } from './cover-range.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

/** Minutes (Unix milliseconds) that the deltas of these batches count into. */
export async function readTouchedMinutes(sql: Sql, ids: readonly bigint[]): Promise<number[]> {
  const rows = await sql<{ bucket: Date }[]>`
    /* reconciliationMinutes */
    select distinct unnest(buckets) as bucket from login_count_delta where batch_id = any(${ids.map(String)}::bigint[])`
  return rows.map(({ bucket }) => bucket.getTime())
}

export type CountsToCompare = {
  /** null: all. */
  partitions: number[] | null
  /** Unix milliseconds. */
  minutes: readonly number[]
  /** Differences that come back at most. */
  limit: number
}

/** Counts of minutes against all deltas that touch them. */
export async function compareMinutes(
  sql: Sql,
  { partitions, minutes, limit }: CountsToCompare,
): Promise<Difference[]> {
  const spans = spansOf(minutes, 'minute')
  // As a multirange, because a search in it is binary; in a query of its own, because it is made once then.
  const rows = await sql<Row[]>`
    /* reconciliationMinuteCounts */
    with touched as materialized (select ${multirange(spans)}::text::tstzmultirange as minutes), expected as (
      select added.bucket, device_type, app_version, locale, outcome, shard, sum(added.logins) as logins
      from login_count_delta delta
      cross join lateral (select partition as shard from batch where id = delta.batch_id offset 0) as source
      cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
        as added (bucket, device_type, app_version, locale, outcome, logins)
      where delta.buckets && ${minutes.map(iso)}::text[]::timestamptz[]
        and added.bucket <@ (select minutes from touched)
      group by 1, 2, 3, 4, 5, 6
    ), found as (
      select bucket, device_type, app_version, locale, outcome, shard, sum(logins) as logins
      from (
        ${countsWithin(sql, 'minute', spans)}
        union all
        select ${columns(sql)} from login_count_unfolded
        where bucket <@ (select minutes from touched)
      ) as counts
      group by 1, 2, 3, 4, 5, 6
    ) ${unequal(sql, partitions, limit)}`
  return rows.map((row) => countDifference('minute', row))
}

/** Counts of the hours or days around the minutes against the buckets that they consist of. */
export async function compareLarger(
  sql: Sql,
  size: 'hour' | 'day',
  part: 'minute' | 'hour',
  { partitions, minutes, limit }: CountsToCompare,
): Promise<Difference[]> {
  const spans = spansOf(minutes, size)
  const rows = await sql<Row[]>`
    /* reconciliationLargerCounts */
    with expected as (
      select date_trunc(${size}, bucket, 'UTC') as bucket, device_type, app_version, locale, outcome, shard,
             sum(logins) as logins
      from (${countsWithin(sql, part, spans)}) as counts
      group by 1, 2, 3, 4, 5, 6
    ), found as (
      ${countsWithin(sql, size, spans)}
    ) ${unequal(sql, partitions, limit)}`
  return rows.map((row) => countDifference(size, row))
}

/** The buckets of these minutes, those that follow each other in one. */
function spansOf(minutes: readonly number[], size: BucketSize): MinuteRange[] {
  const starts = [...new Set(minutes.map((ms) => floorTo(ms, bucketMs[size])))].sort((a, b) => a - b)
  const spans: MinuteRange[] = []
  for (const fromMs of starts) {
    const last = spans.at(-1)
    if (last?.toMs === fromMs) last.toMs += bucketMs[size]
    else spans.push({ fromMs, toMs: fromMs + bucketMs[size] })
  }
  return spans
}

/** Span by span: the planner cannot know how few they are, and would read the whole table at once. */
const countsWithin = (sql: Sql, size: BucketSize, spans: readonly MinuteRange[]) => sql`
  select counts.*
  from unnest(${spans.map(({ fromMs }) => iso(fromMs))}::text[]::timestamptz[],
              ${spans.map(({ toMs }) => iso(toMs))}::text[]::timestamptz[]) as span (since, until)
  cross join lateral (
    select ${columns(sql)} from login_count
    where bucket_size = ${size}::text::bucket_size and bucket >= span.since and bucket < span.until offset 0
  ) as counts`

const multirange = (spans: readonly MinuteRange[]): string =>
  `{${spans.map(({ fromMs, toMs }) => `[${iso(fromMs)},${iso(toMs)})`).join(',')}}`

const columns = (sql: Sql) => sql`bucket, device_type, app_version, locale, outcome, shard, logins`

function unequal(sql: Sql, partitions: number[] | null, limit: number) {
  return sql`
    select bucket, device_type as "deviceType", app_version as "appVersion", locale, outcome, shard,
           coalesce(expected.logins, 0)::bigint as expected, coalesce(found.logins, 0)::bigint as found
    from expected full join found using (bucket, device_type, app_version, locale, outcome, shard)
    where coalesce(expected.logins, 0) <> coalesce(found.logins, 0)
      ${partitions === null ? sql`` : sql`and shard = any(${partitions}::integer[])`}
    order by 1, 2, 3, 4, 5, 6
    limit ${limit}`
}

type Row = {
  bucket: Date
  deviceType: string
  appVersion: string
  locale: string
  outcome: string
  shard: number
  expected: bigint
  found: bigint
}

function countDifference(size: BucketSize, { shard, expected, found, ...place }: Row): Difference {
  const { bucket, deviceType, appVersion, locale, outcome } = place
  return {
    kind: `${size}_count`,
    partition: shard,
    batchId: null,
    count: { size, ...place },
    subject: `${size} ${bucket.toISOString()} ${JSON.stringify([deviceType, appVersion, locale, outcome])} of partition ${shard}`,
    expected,
    found,
  }
}

const iso = (ms: number) => new Date(ms).toISOString()
