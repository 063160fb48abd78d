import { bucketMs, dimensionNames, slotNames } from '../../domain/counts.ts'
import type { Difference } from '../../domain/reconciliation.ts'
import { isoTime } from '../../domain/iso-time.ts'
import {
  ALL_DIMENSIONS,
  countDifference,
  type DifferentCount,
  rowsAround,
  startsOf,
} from './counts-around.ts'
import { addedBy } from './count-buckets.ts'
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
  // The minutes as a multirange, because a search in it is binary; in a query of its own, because it is made once then. Both sides
  // are added up in one go, and not in order: they are ten thousands of counts, of which none should come back.
  const rows = await sql<DifferentCount[]>`
    /* reconciliationMinuteCounts */
    with touched as materialized (select ${multirange(minutes)}::text::tstzmultirange as minutes), said as (
      select bucket, ${key(sql)}, added.logins as expected, 0 as found
      from login_count_delta delta ${addedBy(sql, dimensionNames)}
      where delta.buckets && ${minutes.map(isoTime)}::text[]::timestamptz[]
      union all
      select bucket, ${key(sql)}, 0, logins
      from (${rowsAround(sql, 'minute_count_entry', minutes, [ALL_DIMENSIONS])}) as held
      union all
      select bucket, ${key(sql)}, 0, logins from login_count_unfolded
    ), compared as materialized (
      select bucket, ${key(sql)}, sum(expected) as expected, sum(found) as found
      from said
      where bucket <@ (select minutes from touched)
      group by bucket, ${key(sql)}
      having sum(expected) <> sum(found)
    )
    select bucket, ${ALL_DIMENSIONS}::smallint as set, ${key(sql)}, expected::bigint, found::bigint
    from compared
    order by bucket, ${key(sql)}
    limit ${limit}`
  return rows.map((row) => countDifference('minute_count', 'minute', row))
}

/** Counts of the hours around the minutes against the minutes that they consist of. */
export async function compareHours(sql: Sql, { minutes, limit }: CountsToCompare): Promise<Difference[]> {
  const rows = await sql<DifferentCount[]>`
    /* reconciliationHourCounts */
    with expected as (
      select hour as bucket, ${key(sql)}, 0::bigint + ${sql.unsafe(slotNames.minute.join(' + '))} as logins
      from (${rowsAround(sql, 'minute_count', minutes, [ALL_DIMENSIONS])}) as counts
    ), found as (
      select bucket, ${key(sql)},
             (array[${sql.unsafe(slotNames.hour.join(', '))}])[1 + extract(hour from bucket at time zone 'UTC')::integer] as logins
      from (${rowsAround(sql, 'hour_count', minutes, [ALL_DIMENSIONS])}) as counts
      join unnest(${startsOf(minutes, bucketMs.hour)}::text[]::timestamptz[]) as hour (bucket)
        on bucket >= day and bucket < day + interval '24 hours'
    )
    select bucket, ${ALL_DIMENSIONS}::smallint as set, ${key(sql)},
           coalesce(expected.logins, 0) as expected, coalesce(found.logins, 0)::bigint as found
    from expected full join found using (bucket, ${key(sql)})
    where coalesce(expected.logins, 0) <> coalesce(found.logins, 0)
    order by bucket, ${key(sql)}
    limit ${limit}`
  return rows.map((row) => countDifference('hour_count', 'hour', row))
}

const multirange = (minutes: readonly number[]): string =>
  `{${[...new Set(minutes)].map((ms) => `[${isoTime(ms)},${isoTime(ms + bucketMs.minute)})`).join(',')}}`

const key = (sql: Sql) => sql.unsafe(dimensionNames.join(', '))
