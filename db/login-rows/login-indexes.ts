import type { Sql } from '../connection/connect.ts'
import { LOCK_NOT_AVAILABLE } from '../connection/failure.ts'
import { isoDay, dayOf } from '../../domain/time/period.ts'
import { dayOfTable } from './login-partitions.ts'

/**
 * The indexes of a day that is over, as the function index_login_day of Postgres makes them: three find the logins of a user,
 * device or address, one finds rare values. A day table is made with the one of event ids, unless it was made before there were
 * any.
 */
const indexes = ['user_id', 'device_id', 'ip', 'dimensions', 'event_id']

/** A day counts as over an hour after its midnight (UTC): few logins come later. */
const GRACE_MS = 3_600_000

/**
 * Creates the indexes of the day tables of `login` whose day is over. While a day is being written an index
 * would make a COPY of thousands of rows several times as expensive. Late logins of that day wait while an index is
 * built. Safe to repeat and to break off: an index that was left unfinished is dropped and built again, and one whose
 * table others hold is left to the next call.
 * @returns how many indexes it created
 */
export async function indexFinishedLoginDays(sql: Sql, nowMs: number): Promise<number> {
  const today = `login_${isoDay(dayOf(nowMs - GRACE_MS)).replaceAll('-', '_')}`
  let made = 0
  for (const { day, index } of await missingIndexes(sql, today))
    made += await unlessHeld(
      () =>
        sql`/* indexFinishedLoginDays */ select public.index_login_day(${dayOfTable(day)}::text::date, ${index})`,
    )
  for (const day of await daysWithSummary(sql, today))
    await unlessHeld(
      () =>
        sql`/* indexFinishedLoginDays: summary */ select public.drop_login_day_summary(${dayOfTable(day)}::text::date)`,
    )
  return made
}

/** @returns 1 if `work` was done, 0 if others held the table for too long */
async function unlessHeld(work: () => PromiseLike<unknown>): Promise<0 | 1> {
  try {
    await work()
    return 1
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return 0
    throw error
  }
}

/** Day tables that are over and indexed, and still have the summary that stood in for their indexes. */
async function daysWithSummary(sql: Sql, today: string): Promise<string[]> {
  const rows = await sql<{ day: string }[]>`/* daysWithSummary */
    select day.relname as day
    from pg_inherits join pg_class day on day.oid = inhrelid
    where inhparent = 'login'::regclass and day.relname < ${today}
      and (select array_agg(made.relname) from pg_index join pg_class made on made.oid = indexrelid
           where indrelid = day.oid and indisvalid) @> array[day.relname || '_seen', day.relname || '_ip']::name[]`
  return rows.map(({ day }) => day)
}

async function missingIndexes(sql: Sql, today: string): Promise<{ day: string; index: string }[]> {
  return await sql`/* missingIndexes */
    select day.relname as day, wanted.name as index
    from pg_inherits
    join pg_class day on day.oid = inhrelid
    cross join unnest(${indexes}::text[]) as wanted (name)
    left join pg_class made on made.relname = day.relname || '_' || wanted.name and made.relnamespace = day.relnamespace
    left join pg_index on indexrelid = made.oid
    where inhparent = 'login'::regclass and day.relname < ${today} and indisvalid is not true
    order by 1 desc, 2`
}
