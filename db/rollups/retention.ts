import type { Config } from '../../config/config.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import type { Sql } from '../connection/connect.ts'
import { rollUpQuarters } from './roll-up-quarters.ts'
import { indexFinishedLoginDays } from '../login-rows/login-indexes.ts'
import { createLoginDays, dropLoginDays, keepRowsFromMs } from '../login-rows/login-partitions.ts'

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
  await createLoginDays(sql, nowMs, retention.loginDays)
  const droppedDays = await dropLoginDays(sql, nowMs, retention.loginDays)
  await deleteHours(sql, keepRowsFromMs(nowMs, retention.loginDays))
  const deletedMinuteRows = await rollUpQuarters(sql, retention.minuteDays)
  return { droppedDays, deletedMinuteRows, indexesMade: await indexFinishedLoginDays(sql, nowMs) }
}

/**
 * Deletes the index of login rows (hour_login and what is made from it) where the rows are gone. Call it
 * after they are dropped: until then they may still be indexed.
 */
async function deleteHours(sql: Sql, keptFromMs: number): Promise<void> {
  const keptFrom = keptFromMs === Infinity ? 'infinity' : isoTime(keptFromMs)
  await sql`/* deleteHours: logins */ delete from hour_login where hour < ${keptFrom}::text::timestamptz`
  await sql`/* deleteHours: members */ delete from hour_member where hour < ${keptFrom}::text::timestamptz`
  await sql`/* deleteHours: six hours */ delete from six_hour_chunk where start < ${keptFrom}::text::timestamptz`
}

/**
 * Remembers from which day on all rows are kept. The bound never moves back: when retention is raised, days
 * that were dropped or never kept get tables again, which are empty.
 */
async function keepLoginsFrom(sql: Sql, nowMs: number, days: number): Promise<void> {
  const keptFromMs = days === 0 ? (dayOf(nowMs) + 1) * DAY_MS : keepRowsFromMs(nowMs, days)
  await sql`/* keepLoginsFrom */
    insert into retention_bound as held (what, kept_from) values ('login', ${isoTime(keptFromMs)}::text::timestamptz)
    on conflict (what) do update set kept_from = greatest(held.kept_from, excluded.kept_from)`
}
