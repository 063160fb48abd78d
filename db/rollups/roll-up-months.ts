import { keptSets, slotNames } from '../../domain/counts/counts.ts'
import type { Sql } from '../connection/connect.ts'
import { dimensionColumns } from './dimension-columns.ts'
import { COUNTS_LOCK } from './roll-up-counts.ts'

/** A month that was rolled up earlier would be made again and again for late logins. */
const SETTLED_AFTER = '3 days'

/**
 * Adds up the hours of the oldest month that is over and not rolled up, or that has changed since. Other
 * rollups of counts wait meanwhile, about a second for each month.
 * @returns whether there was such a month
 */
export async function rollUpMonth(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const [due] = await tx<{ month: string }[]>`/* rollUpMonth: due */
      select month::text from (
        select distinct date_trunc('month', day, 'UTC') as month from hour_count where dimension_set = 0
      ) as held
      where (month at time zone 'UTC' + interval '1 month') at time zone 'UTC' + ${SETTLED_AFTER}::text::interval
            <= clock_timestamp()
        and not exists (select from rolled_up_month made where made.month = held.month)
      order by month limit 1`
    if (due === undefined) return false
    const [key, slots] = [tx.unsafe(dimensionColumns), tx.unsafe(slotNames.hour.join(' + '))]
    await tx`/* rollUpMonth: lock */ select pg_advisory_xact_lock(${COUNTS_LOCK})`
    await tx`/* rollUpMonth: remove */ delete from month_count where month = ${due.month}::text::timestamptz`
    await tx`/* rollUpMonth */
      insert into month_count (dimension_set, month, ${key}, logins)
      select dimension_set, ${due.month}::text::timestamptz, ${key}, sum(0::bigint + ${slots})
      from hour_count
      where dimension_set = any(${[...keptSets]}::smallint[])
        and day >= ${due.month}::text::timestamptz
        and day < (${due.month}::text::timestamptz at time zone 'UTC' + interval '1 month') at time zone 'UTC'
      group by dimension_set, ${key}`
    await tx`/* rollUpMonth: made */
      insert into rolled_up_month values (${due.month}::text::timestamptz) on conflict do nothing`
    return true
  })
}
