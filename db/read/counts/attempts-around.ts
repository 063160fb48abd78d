import { smallestSet } from '../../../domain/counts/counts.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { countTables } from '../../rollups/count-tables.ts'
import { pendingDeltas } from './count-buckets.ts'

/** Days (UTC) with attempts around a day, Unix milliseconds; null: there is none. */
export type AttemptsAround = {
  /** The last one before it. */
  beforeMs: number | null
  /** The first one from it on. */
  fromMs: number | null
}

/** What warnings need to know of what was counted. */
export type AttemptsKnown = {
  /** Around each of the days, in order. */
  around: AttemptsAround[]
  /** Whether any attempt ever had an outcome that was not understood. */
  hasUnknownOutcomes: boolean
}

/**
 * Looks up which days around some days have attempts: two keys of an index each, and what is pending.
 * @param daysMs starts of days (UTC), Unix milliseconds
 */
export async function readAttemptsKnown(
  { sql }: ReadSession,
  daysMs: readonly number[],
): Promise<AttemptsKnown> {
  const { table, start } = countTables.hour
  const held = sql`select ${sql(start)} from ${sql(table)} where dimension_set = ${smallestSet([])}::smallint and ${sql(start)}`
  const ms = (moment: ReturnType<typeof sql>) =>
    sql`(extract(epoch from date_trunc('day', ${moment}, 'UTC')) * 1000)::float8`
  const rows = await sql<{ before: number | null; next: number | null; has_unknown: boolean }[]>`
    /* readAttemptsKnown */
    with asked as (
      select * from unnest(${daysMs.map(isoTime)}::text[]::timestamptz[]) with ordinality as asked (day, place)
    ), waiting as (
      select place, max(bucket) filter (where bucket < asked.day) as before, min(bucket) filter (where bucket >= asked.day) as next
      from ${pendingDeltas(sql)} cross join unnest(delta.buckets) as bucket cross join asked
      group by place
    )
    select ${ms(sql`greatest(waiting.before, (${held} < asked.day order by 1 desc limit 1))`)} as before,
           ${ms(sql`least(waiting.next, (${held} >= asked.day order by 1 limit 1))`)} as next,
           coalesce(${anyUnknownOf(sql, 'batch')}, ${anyUnknownOf(sql, 'batch_revision')}, false) as has_unknown
    from asked left join waiting using (place)
    order by place`
  return {
    around: rows.map(({ before, next }) => ({ beforeMs: before, fromMs: next })),
    hasUnknownOutcomes: rows[0]?.has_unknown ?? false,
  }
}

/** In the order of the index that has only these, so that Postgres reads that and not the table. */
const anyUnknownOf = (sql: ReadSession['sql'], table: 'batch' | 'batch_revision') =>
  sql`(select true from ${sql(table)} where unknown_outcomes is not null order by committed_at desc limit 1)`
