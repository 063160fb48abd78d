import type { Sql, Transaction } from '../connection/connect.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'
import { LISTS_LOCK } from '../login-rows/kept-lists.ts'
import { keptFrom } from '../login-rows/retention-bound.ts'

/** A day counts as over an hour after its midnight (UTC): few logins come later. */
const GRACE = '1 hour'
/** A day that late logins change is made again after so long: more of them come meanwhile. */
const AGAIN_AFTER = '1 hour'

/**
 * Makes sure that each day that is over has a row, from the first one with logins in the lists on. Under the
 * lock of the lists: whoever adds logins to such a day later finds its row.
 */
export async function addDaysThatAreOver(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, LISTS_LOCK))) return
    await tx`/* addDaysThatAreOver */
      insert into span_day (day)
      select day from (
        select date_trunc('day', greatest(min(hour), ${tx.unsafe(keptFrom('hour_login'))}), 'UTC') as first,
               date_trunc('day', clock_timestamp() - ${GRACE}::text::interval, 'UTC') - interval '24 hours' as last
        from hour_login
        having min(hour) is not null
      ) as days
      cross join lateral generate_series(first, last, interval '24 hours') as over (day)
      where not exists (select from span_day as held where held.day = over.day::date)`
  })
}

/**
 * Says that the logins of days have changed, in the transaction that changes the lists.
 * @param days dates as Postgres reads them, each once
 */
export async function changeSpanDays(tx: Transaction, days: readonly string[]): Promise<void> {
  await tx`/* changeSpanDays */
    update span_day
    set changes = changes + 1,
        changed_at = case when made = changes then clock_timestamp() else changed_at end
    where day = any(${[...days]}::text[]::date[])`
}

/** A day whose spans are to be made, in days since 1970-01-01. */
export type OpenDay = { day: number; changes: number; made: number | null }

/** Selects the latest day whose spans are to be made, and those of the `before` days before it. */
export async function readOpenDays(tx: Transaction, before: number): Promise<OpenDay[]> {
  return await tx<OpenDay[]>`/* readOpenDays */
    with due as materialized (
      select * from span_day
      where made is distinct from changes and coalesce(changed_at, '-infinity') < clock_timestamp() - ${AGAIN_AFTER}::text::interval
    )
    select day - date '1970-01-01' as day, changes, made from due
    where day >= (select max(day) from due) - ${before}::integer order by day`
}

/**
 * Says that the spans of days are made, unless another process did meanwhile.
 * @returns whether they may be written
 */
export async function closeSpanDays(tx: Transaction, days: readonly OpenDay[]): Promise<boolean> {
  const closed = await tx`/* closeSpanDays */
    update span_day held set made = given.changes, changed_at = clock_timestamp()
    from unnest(${days.map(({ day }) => day)}::integer[], ${days.map(({ changes }) => changes)}::integer[],
                ${days.map(({ made }) => made)}::integer[]) as given (day, changes, made)
    where held.day = date '1970-01-01' + given.day and held.made is not distinct from given.made
    returning 1`
  return closed.length === days.length
}

/** Deletes what there is of days from before the lists are kept. */
export async function deleteSpans(sql: Sql): Promise<void> {
  const first = sql.unsafe(`(${keptFrom('hour_login')})`)
  await sql`/* deleteSpans */ delete from active_span where day < ${first}`
  await sql`/* deleteSpans: days */ delete from span_day where day < ${first}`
}
