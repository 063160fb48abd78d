import { smallestSet } from '../../../domain/counts/counts.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { countTables } from '../../rollups/count-tables.ts'
import { pendingDeltas } from './count-buckets.ts'
import { anyLogin } from './count-filter.ts'
import { readSeenTimes } from './seen-times.ts'

/**
 * Reads the start of the first minute with an attempt, by the time of the event; of the quarter of an hour
 * where minutes are not kept. What is not rolled up yet is included. Counts by hour are kept for ever, so the
 * answer outlives every retention.
 * @param firstDayMs result of readFirstDay
 */
export const readFirstAttempt = async (session: ReadSession, firstDayMs: number): Promise<Date | null> =>
  (await readAttemptsOfDay(session, firstDayMs))?.first ?? null

/**
 * Reads the starts of the first and of the last minute of a day (UTC) with attempts, as readFirstAttempt does; null: it has none.
 * @param dayMs its start, Unix milliseconds
 */
export async function readAttemptsOfDay(
  session: ReadSession,
  dayMs: number,
): Promise<{ first: Date; last: Date } | null> {
  const day = { fromMs: dayMs, toMs: dayMs + DAY_MS }
  const filter = { ...anyLogin, attempts: 'all' as const }
  const seen = await readSeenTimes(session, [day], { dimensions: [], filter }, FEW)
  if (seen === null || seen.length === 0) return null
  return {
    first: new Date(Math.min(...seen.map(({ firstMs }) => firstMs))),
    last: new Date(Math.max(...seen.map(({ lastMs }) => lastMs))),
  }
}

/** Without dimensions a day has one result for each size of slots. */
const FEW = 10

/**
 * Reads the first day (UTC) with an attempt, Unix milliseconds: the first key of an index, and what is pending.
 * @returns null when nothing was counted yet
 */
export async function readFirstDay({ sql }: ReadSession): Promise<number | null> {
  const { table, start } = countTables.hour
  const [row] = await sql<{ first: number | null }[]>`
    /* readFirstDay */
    select (extract(epoch from date_trunc('day', least(
             (select min(${sql(start)}) from ${sql(table)} where dimension_set = ${smallestSet([])}::smallint),
             (select min(bucket) from ${pendingDeltas(sql)} cross join unnest(delta.buckets) as bucket)
           ), 'UTC')) * 1000)::float8 as first`
  return row?.first ?? null
}
