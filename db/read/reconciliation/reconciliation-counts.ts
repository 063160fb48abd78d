import { ALL_DIMENSIONS, slotNames } from '../../../domain/counts/counts.ts'
import { dimensionNames } from '../../../domain/counts/dimensions.ts'
import { bucketMs, floorTo, QUARTER_MS } from '../../../domain/time/bucket.ts'
import type { Difference } from '../../../domain/pipeline/reconciliation.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { countTables } from '../../rollups/count-tables.ts'
import { countDifference, type DifferentCount, rowsAt, startsOf } from '../counts/counts-around.ts'
import { dimensionColumns } from '../../rollups/dimension-columns.ts'
import { addedBy } from '../counts/count-buckets.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Reads the minutes (Unix milliseconds) to which the deltas of these batches add logins. */
export async function readTouchedMinutes(sql: Sql, ids: readonly bigint[]): Promise<number[]> {
  const rows = await sql<{ bucket: Date }[]>`
    /* readTouchedMinutes */
    select distinct unnest(buckets) as bucket from login_count_delta where batch_id = any(${ids.map(String)}::bigint[])`
  return rows.map(({ bucket }) => bucket.getTime())
}

/** Moments (Unix milliseconds) whose counts are compared, and how many differences to return at most. */
export type CountsToCompare = { moments: readonly number[]; limit: number }

const unitMs = { minute: bucketMs.minute, quarter: QUARTER_MS }

/** Compares counts of minutes, or of quarters of an hour, with all deltas that add to them. */
export async function compareWithDeltas(
  sql: Sql,
  size: 'minute' | 'quarter',
  { moments, limit }: CountsToCompare,
): Promise<Difference[]> {
  const units = [...new Set(moments.map((moment) => floorTo(moment, unitMs[size])))]
  const rows = startsOf(units, size === 'minute' ? bucketMs.hour : bucketMs.day)
  const unit =
    size === 'minute' ? sql`bucket` : sql`date_bin('15 minutes', bucket, timestamptz '1970-01-01Z')`
  // The units are a multirange, which Postgres searches by bisection, and in a query of its own, so that it
  // is made once. Both sides are added up together and sorted only where they differ: there are tens of
  // thousands of counts, and usually none differs.
  const different = await sql<DifferentCount[]>`
    /* compareWithDeltas */
    with touched as materialized (select ${multirange(units, unitMs[size])}::text::tstzmultirange as units), said as (
      select bucket, ${key(sql)}, added.logins as expected, 0 as found
      from login_count_delta delta ${addedBy(sql, dimensionNames)}
      where delta.buckets && ${minutesOf(units, unitMs[size])}::text[]::timestamptz[]
      union all
      select bucket, ${key(sql)}, 0, logins
      from (${rowsAt(sql, size, rows, [ALL_DIMENSIONS], `${countTables[size].table}_entry`)}) as held
      union all
      select bucket, ${key(sql)}, 0, logins from login_count_pending
    ), compared as materialized (
      select ${unit} as unit, ${key(sql)}, sum(expected) as expected, sum(found) as found
      from said
      where bucket <@ (select units from touched)
      group by unit, ${key(sql)}
      having sum(expected) <> sum(found)
    )
    select unit as bucket, ${ALL_DIMENSIONS}::smallint as set, ${key(sql)}, expected::bigint, found::bigint
    from compared
    order by unit, ${key(sql)}
    limit ${limit}`
  return different.map((row) => countDifference(`${size}_count`, size, row))
}

/** Compares counts of the hours in which the moments lie with the sums of their minutes. */
export async function compareHoursWithMinutes(
  sql: Sql,
  { moments, limit }: CountsToCompare,
): Promise<Difference[]> {
  const hours = startsOf(moments, bucketMs.hour)
  const rows = await sql<DifferentCount[]>`
    /* compareHoursWithMinutes */
    with expected as (
      select hour as bucket, ${key(sql)}, 0::bigint + ${sql.unsafe(slotNames.minute.join(' + '))} as logins
      from (${rowsAt(sql, 'minute', hours, [ALL_DIMENSIONS])}) as counts
    ), found as (
      select bucket, ${key(sql)},
             (array[${sql.unsafe(slotNames.hour.join(', '))}])[1 + extract(hour from bucket at time zone 'UTC')::integer] as logins
      from (${rowsAt(sql, 'hour', startsOf(moments, bucketMs.day), [ALL_DIMENSIONS])}) as counts
      join unnest(${hours}::text[]::timestamptz[]) as hour (bucket)
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

const multirange = (starts: readonly number[], ms: number): string =>
  `{${starts.map((start) => `[${isoTime(start)},${isoTime(start + ms)})`).join(',')}}`

/** The minutes of the periods of `ms` milliseconds with these starts. */
const minutesOf = (starts: readonly number[], ms: number): string[] =>
  starts.flatMap((start) =>
    Array.from({ length: ms / bucketMs.minute }, (_, i) => isoTime(start + i * bucketMs.minute)),
  )

const key = (sql: Sql) => sql.unsafe(dimensionColumns)
