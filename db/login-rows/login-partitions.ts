import { DAY_MS, dayOf, isoDay } from '../../domain/time/period.ts'
import type { Sql, Transaction } from '../connection/connect.ts'

/**
 * Tables are created this many days ahead, for workers that run past midnight and for events dated up to an
 * hour ahead.
 */
const DAYS_AHEAD = 2

/** Start of the oldest day (Unix milliseconds, UTC) whose logins are kept as rows; Infinity: none are. */
export const keepRowsFromMs = (nowMs: number, retentionDays: number): number =>
  retentionDays === 0 ? Infinity : (dayOf(nowMs) - retentionDays) * DAY_MS

/**
 * Creates the missing day tables of `login`, from the oldest day of the retention to the near future. Safe
 * when several processes do so at once.
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
 * Drops the day tables that are past retention; with a retention of 0 all of them. Each is dropped in a
 * transaction of its own, so that a query which reads one of them does not delay the others.
 * @param nowMs by the database's clock: a worker's clock that is wrong would drop days that should be kept
 * @returns the names of the dropped tables, oldest first
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

/** Lets one process at a time create or drop tables; the next ones find everything done. */
const waitForTurn = (tx: Transaction) =>
  tx`/* waitForTurn */ select pg_advisory_xact_lock(hashtext('login partitions'))`

async function existingPartitions(sql: Sql): Promise<Set<string>> {
  const rows = await sql<{ name: string }[]>`/* existingPartitions */
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'login'::regclass`
  return new Set(rows.map(({ name }) => name))
}

/**
 * 16 pages hold about 700 logins. Of the ranges of pages without the login looked for, one in 300 is read in
 * vain.
 */
const BLOOM = 'n_distinct_per_range = 700, false_positive_rate = 0.003'

/**
 * The name of a day table's summary: a Bloom filter (BRIN) for every 16 pages, which finds a user, device or
 * address on a day that is still being written and hardly slows its COPY. Once the day is over, better
 * indexes replace it.
 */
export const seenIndex = (table: string): string => `${table}_seen`

const tableName = (day: number): string => `login_${isoDay(day).replaceAll('-', '_')}`
