import { DAY_MS, dayOf, isoDay } from '../../domain/time/period.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { LISTS_LOCK } from './kept-lists.ts'
import { ofRevisions } from './rows-to-list.ts'

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
    for (const day of missing)
      await tx`/* createLoginDays */ select public.create_login_day(${isoDay(day)}::text::date)`
  })
}

/**
 * Drops the day tables that are past retention; with a retention of 0 all of them. Each is dropped in a
 * transaction of its own, so that a query which reads one of them does not delay the others. Rows that the
 * lists by hour lack move to late_login before; a table that had such rows is left to the next call, because
 * questions whose snapshot is older than the move look for them there.
 * @param nowMs by the database's clock: a worker's clock that is wrong would drop days that should be kept
 * @returns the names of the dropped tables, oldest first
 */
export async function dropLoginDays(sql: Sql, nowMs: number, retentionDays: number): Promise<string[]> {
  const firstKept = retentionDays === 0 ? null : tableName(dayOf(nowMs) - retentionDays)
  const expired = [...(await existingPartitions(sql))]
    .filter((name) => firstKept === null || name < firstKept)
    .sort()
  const dropped: string[] = []
  for (const name of expired) {
    const moved = await sql.begin((tx) => moveUnlisted(tx, name))
    if (moved === 0 && (await dropListed(sql, name))) dropped.push(name)
  }
  return dropped
}

/** Drops a day table, unless it has rows that the lists lack. @returns whether it did */
async function dropListed(sql: Sql, table: string): Promise<boolean> {
  return await sql.begin(async (tx) => {
    await waitForTurn(tx)
    await waitForLists(tx)
    // Dropping takes this lock too; taken here, nobody adds rows between the look and the drop.
    await tx`/* dropListed: lock */ lock table only login in access exclusive mode`
    if ((await moveUnlisted(tx, table)) > 0) return false
    await tx`/* dropListed */ select public.drop_login_day(${dayOfTable(table)}::text::date)`
    return true
  })
}

/** Moves the rows of a day that are not in the lists by hour yet. @returns how many there were */
async function moveUnlisted(tx: Transaction, table: string): Promise<number> {
  await waitForLists(tx)
  const day = dayOfTable(table)
  const [moved] = await tx<{ rows: number }[]>`/* moveUnlisted */
    with waiting as materialized (
      select batch_id, revision from pending_commit_rollup union select batch_id, revision from unindexed_batch
    ), moved as (
      delete from login
      where event_at >= ${day}::text::timestamptz and event_at < ${day}::text::timestamptz + interval '24 hours'
        and batch_id between (select min(batch_id) from waiting) and (select max(batch_id) from waiting)
        and ${ofRevisions(tx, 'waiting')}
      returning login.*
    ), kept as (
      insert into late_login select * from moved
    )
    select count(*)::integer as rows from moved`
  return moved?.rows ?? 0
}

/** Keeps rows from being listed until the transaction ends: whoever lists them has read them where they were. */
const waitForLists = (tx: Transaction) =>
  tx`/* waitForLists */ select pg_advisory_xact_lock(hashtext(${LISTS_LOCK}))`

/** Lets one process at a time create or drop tables; the next ones find everything done. */
const waitForTurn = (tx: Transaction) =>
  tx`/* waitForTurn */ select pg_advisory_xact_lock(hashtext('login partitions'))`

async function existingPartitions(sql: Sql): Promise<Set<string>> {
  const rows = await sql<{ name: string }[]>`/* existingPartitions */
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'login'::regclass`
  return new Set(rows.map(({ name }) => name))
}

/** As the function login_day_table of Postgres names it. */
const tableName = (day: number): string => `login_${isoDay(day).replaceAll('-', '_')}`

/** The day of a table as Postgres reads it, such as 2026-01-31. */
export const dayOfTable = (table: string): string => table.slice('login_'.length).replaceAll('_', '-')
