import type { Sql } from '../connection/connect.ts'
import { isoDay, dayOf } from '../../domain/time/period.ts'
import { seenIndex } from './login-partitions.ts'

/**
 * Columns of the indexes by name: three find the logins of a user, device or address, one finds rare values.
 * A day table is made with the one of event ids, unless it was made before there were any
 * (db/login-rows/login-partitions.ts).
 */
const indexes: Record<string, readonly string[]> = {
  user_id: ['user_id', 'event_at'],
  device_id: ['device_id', 'event_at'],
  ip: ['ip', 'event_at'],
  dimensions: ['locale', 'device_type', 'outcome'],
  event_id: ['event_id'],
}

/** A day counts as over an hour after its midnight (UTC): few logins come later. */
const GRACE_MS = 3_600_000

/**
 * Creates the indexes of the day tables of `login` whose day is over. While a day is being written an index
 * would make a COPY of thousands of rows several times as expensive. Late rows may arrive while an index is
 * built. Safe to repeat and to break off: an index that was left unfinished is dropped and built again.
 * @returns how many indexes it created
 */
export async function indexFinishedLoginDays(sql: Sql, nowMs: number): Promise<number> {
  const today = `login_${isoDay(dayOf(nowMs - GRACE_MS)).replaceAll('-', '_')}`
  const missing = await missingIndexes(sql, today)
  for (const { day, index, is_unfinished } of missing) {
    const name = `${day}_${index}`
    if (is_unfinished) await sql`/* indexFinishedLoginDays: unfinished */ drop index if exists ${sql(name)}`
    await sql`/* indexFinishedLoginDays */
      create index concurrently if not exists ${sql(name)} on ${sql(day)} (${sql(indexes[index] ?? [])})
      ${index === 'event_id' ? sql`where event_id is not null` : sql``}`
  }
  for (const day of await daysWithSummary(sql, today))
    await sql`/* indexFinishedLoginDays: summary */ drop index concurrently if exists ${sql(seenIndex(day))}`
  return missing.length
}

/** Day tables that are over and still have the summary that stood in for their indexes. */
async function daysWithSummary(sql: Sql, today: string): Promise<string[]> {
  const rows = await sql<{ day: string }[]>`/* daysWithSummary */
    select day.relname as day
    from pg_inherits join pg_class day on day.oid = inhrelid
    where inhparent = 'login'::regclass and day.relname < ${today}
      and exists (select from pg_index join pg_class made on made.oid = indexrelid
                  where indrelid = day.oid and made.relname = day.relname || ${seenIndex('')})`
  return rows.map(({ day }) => day)
}

async function missingIndexes(
  sql: Sql,
  today: string,
): Promise<{ day: string; index: string; is_unfinished: boolean }[]> {
  return await sql`/* missingIndexes */
    select day.relname as day, wanted.name as index, made.oid is not null as is_unfinished
    from pg_inherits
    join pg_class day on day.oid = inhrelid
    cross join unnest(${Object.keys(indexes)}::text[]) as wanted (name)
    left join pg_class made on made.relname = day.relname || '_' || wanted.name and made.relnamespace = day.relnamespace
    left join pg_index on indexrelid = made.oid
    where inhparent = 'login'::regclass and day.relname < ${today} and indisvalid is not true
    order by 1 desc, 2`
}
