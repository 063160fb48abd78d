import { DAY_MS, dayOf, isoDay } from '../../domain/time/period.ts'
import type { Sql, Transaction } from '../connection/connect.ts'

/** Days ahead, so that a worker that runs over midnight, and events up to an hour early, find their table. */
const DAYS_AHEAD = 2

/** Start of the oldest day (Unix milliseconds, UTC) whose logins are kept as rows. */
export const keepRowsFromMs = (nowMs: number, retentionDays: number): number =>
  retentionDays === 0 ? Infinity : (dayOf(nowMs) - retentionDays) * DAY_MS

/**
 * Creates the day tables of `login` that retention allows and that the near future needs. Safe when several processes do
 * it at once.
 */
export async function createLoginDays(sql: Sql, nowMs: number, retentionDays: number): Promise<void> {
  if (retentionDays === 0) return
  const firstDay = dayOf(nowMs) - retentionDays
  const lastDay = dayOf(nowMs) + DAYS_AHEAD
  const wanted = Array.from({ length: lastDay - firstDay + 1 }, (_, i) => firstDay + i)
  const existing = await existingPartitions(sql)
  const missing = wanted.filter((day) => !existing.has(tableName(day)))
  if (missing.length === 0) return
  await sql.begin(async (tx) => {
    await waitForTurn(tx)
    for (const day of missing) {
      await tx.unsafe(
        `/* createLoginDays */ create table if not exists ${tableName(day)} partition of login for values from ('${isoDay(day)}') to ('${isoDay(day + 1)}')`,
      )
      await tx.unsafe(
        `/* createLoginDays: summary */
         create index if not exists ${seenIndex(tableName(day))} on ${tableName(day)} using brin
           (${['user_id text', 'device_id text', 'ip inet'].map((column) => `${column}_bloom_ops (${BLOOM})`).join(', ')})
           with (pages_per_range = 16, autosummarize = on)`,
      )
    }
  })
}

/**
 * Drops the day tables that are past retention; with a retention of 0 all of them. One after the other, so that a
 * question that reads one of them holds back no other.
 * @param nowMs of the database's clock: what is dropped by a worker's wrong one would be gone
 * @returns the names of those dropped, oldest first
 */
export async function dropLoginDays(sql: Sql, nowMs: number, retentionDays: number): Promise<string[]> {
  const firstKept = retentionDays === 0 ? null : tableName(dayOf(nowMs) - retentionDays)
  const expired = [...(await existingPartitions(sql))]
    .filter((name) => firstKept === null || name < firstKept)
    .sort()
  for (const name of expired) {
    await sql.begin(async (tx) => {
      await waitForTurn(tx)
      await tx.unsafe(`/* dropLoginDays */ drop table if exists ${name}`)
    })
  }
  return expired
}

/** One process at a time; the others find everything done. */
const waitForTurn = (tx: Transaction) =>
  tx`/* waitForTurn */ select pg_advisory_xact_lock(hashtext('login partitions'))`

async function existingPartitions(sql: Sql): Promise<Set<string>> {
  const rows = await sql<{ name: string }[]>`/* existingPartitions */
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'login'::regclass`
  return new Set(rows.map(({ name }) => name))
}

/** 16 pages hold some 700 logins; of the pages that nobody's logins are on, one in 300 is read for nothing. */
const BLOOM = 'n_distinct_per_range = 700, false_positive_rate = 0.003'

/**
 * Whoever logged in on a day that is being written is found by a summary of every 16 pages: it costs a copy of thousands of rows
 * next to nothing. Once the day is over it has better indexes.
 */
export const seenIndex = (table: string): string => `${table}_seen`

const tableName = (day: number): string => `login_${isoDay(day).replaceAll('-', '_')}`
