import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import type { Sql } from '../connection/connect.ts'
import { keepFrom } from './retention-bound.ts'

/** The advisory lock for adding logins to the lists by hour, and for moving the rows that they are added from. */
export const LISTS_LOCK = 'list logins'

/** Events are at most an hour ahead of the clock, so that none is of the day after tomorrow. */
const BEYOND_ALL_EVENTS_DAYS = 2

/**
 * Start of the oldest day (Unix milliseconds, UTC) whose logins a worker hands over to the lists by hour;
 * Infinity: it hands over none. A day earlier than the lists are kept from: their bound goes by the clock of
 * the database, and moves only with the next claim of a partition.
 */
export const listFromMs = (nowMs: number, retentionDays: number): number =>
  retentionDays === 0 ? Infinity : (dayOf(nowMs) - retentionDays - 1) * DAY_MS

/**
 * Remembers from which day on the lists by hour are kept. Call it before logins are counted under this setting.
 * @param retentionDays 0: logins are not listed
 */
export async function keepListsFrom(sql: Sql, retentionDays: number): Promise<void> {
  const ageDays = retentionDays === 0 ? -BEYOND_ALL_EVENTS_DAYS : retentionDays
  await keepFrom(
    sql,
    'hour_login',
    sql`date_trunc('day', clock_timestamp(), 'UTC') - make_interval(hours => 24 * ${ageDays}::integer)`,
  )
}
