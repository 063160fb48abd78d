import type { BitmapName } from '../../domain/engagement/engagement.ts'
import { isoDay, periodAfter } from '../../domain/time/period.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'

/**
 * The advisory lock for changing or counting the bitmaps of engagement: one transaction of a database at a
 * time.
 */
export const SIGHTINGS_LOCK = 'roll up sightings'

/**
 * Marks the counts of active users whose bitmaps changed, so that they are made anew: those of the changed
 * periods and values, those of the periods after them, whose returning users depend on them, and those of all
 * values of a period in which first days changed. Call it under SIGHTINGS_LOCK, in the transaction of the
 * change.
 */
export async function forgetActiveUserCounts(tx: Transaction, changed: readonly BitmapName[]): Promise<void> {
  const names = [...new Map(changed.map((name) => [Object.values(name).join('\0'), name])).values()]
  const first = names.filter(({ facet }) => facet === 'first')
  const own = names.filter(({ facet }) => facet !== 'first')
  const after = own.map((name) => ({ ...name, start: periodAfter(name.period, name.start) }))
  // Rows that are there already are not written again: those of the running periods change with every rollup.
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
 * Counts the users of the oldest period that needs it, for all its values. A period that is not over for a
 * whole day is left alone: late logins would make it be counted again and again.
 * @returns whether a period was counted; false: none needs it, or another transaction holds the lock
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
    // Looks up each bitmap by its whole key: the bitmaps of one day lie far apart in the index.
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

/** Selects the bitmap of a key (given in SQL) in the chunk of `held`. */
const bitmapOf = (tx: Transaction, facet: string, value: string, start: string) =>
  tx.unsafe(`
    select members from engagement
    where kind = 'user' and period = wanted.period and facet = ${facet} and value = ${value} and start = ${start}
      and chunk = held.chunk`)

/** The length of a period that is named in SQL. */
const lengthOf = (period: string) =>
  `case ${period} when 'day' then interval '1 day' when 'week' then interval '7 days' else interval '1 month' end`

const PERIOD_BEFORE = `(wanted.start - ${lengthOf('wanted.period')})::date`
