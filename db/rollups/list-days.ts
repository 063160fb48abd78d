import type { Sql, Transaction } from '../connection/connect.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'
import { LISTS_LOCK } from '../login-rows/kept-lists.ts'
import { keptFrom } from '../login-rows/retention-bound.ts'
import { dimensionColumns } from './dimension-columns.ts'

/**
 * Lists the latest day whose logins are listed by hour only, or which has more rows of late logins than others. Days with logins
 * that came since spans were made of them are left for later. Any worker may call it at any time: one call at a time in a
 * database; it makes no other transaction wait.
 * @returns whether a day was listed
 */
export async function listDay(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, LISTS_LOCK))) return false
    const [due] = await tx<{ day: string }[]>`/* listDay: due */
      select day::text from span_day left join listed_day using (day)
      where made = changes and (lists is null or late_lists > lists) and day >= ${tx.unsafe(keptFrom('hour_login'))}
      order by day desc limit 1`
    if (due === undefined) return false
    await tx`/* listDay: again */ delete from day_login where day = ${due.day}::text::date`
    await addDay(tx, due.day)
    return true
  })
}

/** A byte a login of a row of hour_login. */
const HOUR_OF_EACH = `decode(repeat(lpad(to_hex(extract(hour from hour at time zone 'UTC')::integer), 2, '0'), octet_length(minutes)), 'hex')`

async function addDay(tx: Transaction, day: string): Promise<void> {
  const key = tx.unsafe(dimensionColumns)
  await tx`/* addDay */
    with hours as (
      select ${key}, ${tx.unsafe(HOUR_OF_EACH)} as hours, minutes, users, devices, addresses, octet_length(minutes) as logins
      from hour_login where hour >= ${day}::text::timestamptz and hour < ${day}::text::timestamptz + interval '24 hours'
    ), listed as (
      insert into day_login (day, ${key}, hours, minutes, users, devices, addresses)
      select ${day}::text::date, ${key}, string_agg(hours, ''::bytea), string_agg(minutes, ''::bytea), string_agg(users, ''::bytea),
             string_agg(devices, ''::bytea), string_agg(addresses, ''::bytea)
      from hours group by ${key}
      returning 1
    )
    insert into listed_day as held (day, logins, lists)
    select ${day}::text::date, coalesce((select sum(logins) from hours), 0), (select count(*) from listed)
    on conflict (day) do update set logins = excluded.logins, lists = excluded.lists, late_lists = 0`
}
