import type { BitmapName } from '../../domain/engagement/engagement.ts'
import { isoDay, periodAfter } from '../../domain/time/period.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'

/** Held by whoever changes bitmaps of engagement or counts them: one at a time in a database. */
export const SIGHTINGS_LOCK = 'roll up sightings'

/**
 * Has counts of users made anew whose bitmaps changed: of these periods and values, of the periods after them, which tell who
 * returned, and of all values where first days changed. To be called under SIGHTINGS_LOCK, in the transaction of the change.
 */
export async function forgetActiveUserCounts(tx: Transaction, changed: readonly BitmapName[]): Promise<void> {
  const names = [...new Map(changed.map((name) => [Object.values(name).join('\0'), name])).values()]
  const first = names.filter(({ facet }) => facet === 'first')
  const own = names.filter(({ facet }) => facet !== 'first')
  const after = own.map((name) => ({ ...name, start: periodAfter(name.period, name.start) }))
  // Nothing is written for a period that is running: its rows wait already.
  await tx`/* forgetActiveUserCounts: add */
    insert into active_user_count (period, start, facet, value)
    select period, start, facet, value from (${rowsOf(tx, own)}) as changed
    where not exists (select from active_user_count held
                      where (held.period, held.start, held.facet, held.value)
                          = (changed.period, changed.start, changed.facet, changed.value))`
  await tx`/* forgetActiveUserCounts */
    update active_user_count held set active = null, new_users = null, returning_users = null
    from (${rowsOf(tx, [...own, ...after])}) as changed
    where held.period = changed.period and held.start = changed.start
      and held.facet = changed.facet and held.value = changed.value and held.active is not null`
  await tx`/* forgetActiveUserCounts: first days */
    update active_user_count held set active = null, new_users = null, returning_users = null
    from (${rowsOf(tx, first)}) as changed
    where held.period = changed.period and held.start = changed.start and held.active is not null`
}

const rowsOf = (tx: Transaction, names: readonly BitmapName[]) => tx`
  select period::engagement_period, start::date as start, facet::engagement_facet, value
  from unnest(${names.map(({ period }) => period)}::text[], ${names.map(({ start }) => isoDay(start))}::text[],
              ${names.map(({ facet }) => facet)}::text[], ${names.map(({ value }) => value)}::text[])
    as given (period, start, facet, value)`

/**
 * Counts the users of one period that needs it, the oldest first. What ended less than a day ago is left: late logins would
 * have it counted again and again.
 * @returns whether it did; false: there was none, or bitmaps are being changed
 */
export async function countActiveUsers(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, SIGHTINGS_LOCK))) return false
    const [open] = await tx<{ period: string; start: string }[]>`/* countActiveUsers: next */
      select period::text, start::text from active_user_count
      where active is null
        and start + ${tx.unsafe(lengthOf('period'))}
            < date_trunc('day', now() at time zone 'UTC')
      order by start, period limit 1`
    if (open === undefined) return false
    const { period, start } = open
    // Bitmap by bitmap, by their whole key: the values of one day lie far apart in it.
    await tx`/* countActiveUsers */
      update active_user_count as count
      set active = counted.active, new_users = counted.new_users, returning_users = counted.returning_users
      from active_user_count as wanted
      cross join lateral (
        select coalesce(sum(bit_count(held.members)), 0) as active,
               coalesce(sum(bit_count(held.members & (${bitmapOf(tx, "'first'", "''", 'wanted.start')}))), 0) as new_users,
               coalesce(sum(bit_count(held.members & (
                 ${bitmapOf(tx, 'wanted.facet', 'wanted.value', PERIOD_BEFORE)}))), 0) as returning_users
        from engagement held
        where kind = 'user' and period = wanted.period and facet = wanted.facet and value = wanted.value
          and start = wanted.start
        offset 0
      ) as counted
      where wanted.period = ${period}::text::engagement_period and wanted.start = ${start}::text::date
        and wanted.active is null
        and (count.period, count.start, count.facet, count.value) = (wanted.period, wanted.start, wanted.facet, wanted.value)`
    return true
  })
}

/** Of the chunk of `held`; its key in SQL. */
const bitmapOf = (tx: Transaction, facet: string, value: string, start: string) =>
  tx.unsafe(`
    select members from engagement
    where kind = 'user' and period = wanted.period and facet = ${facet} and value = ${value} and start = ${start}
      and chunk = held.chunk`)

/** Of a period that is named in SQL. */
const lengthOf = (period: string) =>
  `case ${period} when 'day' then interval '1 day' when 'week' then interval '7 days' else interval '1 month' end`

const PERIOD_BEFORE = `(wanted.start - ${lengthOf('wanted.period')})::date`
