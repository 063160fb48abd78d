import type { Config } from '../../config/config.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import type { Sql } from '../connection/connect.ts'
import { deleteSpans } from './span-days.ts'
import { rollUpQuarters } from './roll-up-quarters.ts'
import { indexFinishedLoginDays } from '../login-rows/login-indexes.ts'
import { keepListsFrom } from '../login-rows/kept-lists.ts'
import { createLoginDays, dropLoginDays, keepRowsFromMs } from '../login-rows/login-partitions.ts'
import { keepFrom, keptFrom } from '../login-rows/retention-bound.ts'

type Retention = Config['retention']

export type Retained = {
  /** Names of the day tables of logins that were dropped. */
  droppedDays: string[]
  /** How many rows of `minute_count`, each of one hour, were deleted. */
  deletedMinuteRows: number
  /** How many indexes were created on days that are over. */
  indexesMade: number
}

/**
 * Drops what is past retention, creates the day tables of the near future and indexes the days that are over.
 * Safe to repeat: it does only what is still missing.
 */
export async function applyRetention(sql: Sql, retention: Retention): Promise<Retained> {
  const [clock] = await sql<{ nowMs: number }[]>`/* applyRetention: clock */
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`
  const nowMs = clock?.nowMs ?? Date.now()
  await keepLoginsFrom(sql, nowMs, retention.loginDays)
  await keepListsFrom(sql, retention.setDays)
  await createLoginDays(sql, nowMs, retention.loginDays)
  const droppedDays = await dropLoginDays(sql, nowMs, retention.loginDays)
  await deleteLists(sql)
  await deleteSpans(sql)
  const deletedMinuteRows = await rollUpQuarters(sql, retention.minuteDays)
  return { droppedDays, deletedMinuteRows, indexesMade: await indexFinishedLoginDays(sql, nowMs) }
}

/** Deletes the lists before the day from which on it is kept. */
async function deleteLists(sql: Sql): Promise<void> {
  const lists = sql.unsafe(keptFrom('hour_login'))
  await sql`/* deleteLists: logins */ delete from hour_login where hour < ${lists}`
  await sql`/* deleteLists: members */ delete from hour_member where hour < ${lists}`
  await sql`/* deleteLists: days */ delete from day_login where day < ${lists}`
  await sql`/* deleteLists: listed days */ delete from listed_day where day < ${lists}`
}

/**
 * Remembers from which day on all rows are kept: when retention is raised, days that were dropped or never kept
 * get tables again, which are empty.
 */
async function keepLoginsFrom(sql: Sql, nowMs: number, days: number): Promise<void> {
  const keptFromMs = days === 0 ? (dayOf(nowMs) + 1) * DAY_MS : keepRowsFromMs(nowMs, days)
  await keepFrom(sql, 'login', sql`${isoTime(keptFromMs)}::text::timestamptz`)
}
