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
  const ms = (day: ReturnType<typeof sql>) => sql`(extract(epoch from ${day}) * 1000)::float8`
  const rows = await sql<{ before: number | null; from: number | null; has_unknown: boolean }[]>`
    /* readAttemptsKnown */
    with pending_day as materialized (
      select distinct date_trunc('day', bucket, 'UTC') as day
      from ${pendingDeltas(sql)} cross join unnest(delta.buckets) as bucket
    )
    select ${ms(sql`greatest((${held} < asked.day order by 1 desc limit 1), (select max(day) from pending_day where day < asked.day))`)} as before,
           ${ms(sql`least((${held} >= asked.day order by 1 limit 1), (select min(day) from pending_day where day >= asked.day))`)} as from,
           coalesce(${anyUnknownOf(sql, 'batch')}, ${anyUnknownOf(sql, 'batch_revision')}, false) as has_unknown
    from unnest(${daysMs.map(isoTime)}::text[]::timestamptz[]) with ordinality as asked (day, place)
    order by place`
  return {
    around: rows.map(({ before, from }) => ({ beforeMs: before, fromMs: from })),
    hasUnknownOutcomes: rows[0]?.has_unknown ?? false,
  }
}

/** In the order of the index that has only these, so that Postgres reads that and not the table. */
const anyUnknownOf = (sql: ReadSession['sql'], table: 'batch' | 'batch_revision') =>
  sql`(select true from ${sql(table)} where unknown_outcomes is not null order by committed_at desc limit 1)`
