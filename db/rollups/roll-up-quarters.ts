import { keptSets, slotNames } from '../../domain/counts/counts.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { keepFrom } from '../login-rows/retention-bound.ts'
import { addToHeld, slotValue } from './count-tables.ts'
import { dimensionColumns as key } from './dimension-columns.ts'
import { COUNTS_LOCK } from './roll-up-counts.ts'

/**
 * Replaces the minutes from before the last `days` days (UTC) by quarters of an hour, which are kept for
 * ever. Works day by day, so that other rollups wait for one day at most, and finished days stay done when a
 * later one fails. From then on rollups add minutes only from `kept_from` on, and quarters only before it.
 * @param days 0: minutes are kept for ever
 * @returns how many rows of `minute_count`, each of one hour, were deleted
 */
export async function rollUpQuarters(sql: Sql, days: number): Promise<number> {
  let deleted = 0
  for (
    let day = days === 0 ? null : await endOldestDay(sql, days);
    day !== null;
    day = await endOldestDay(sql, days)
  )
    deleted += day
  return deleted
}

/** Replaces the minutes of the oldest day. Returns how many rows it had; null: no day is left. */
async function endOldestDay(sql: Sql, days: number): Promise<number | null> {
  return await sql.begin(async (tx) => {
    await tx`/* endOldestDay: lock */ select pg_advisory_xact_lock(${COUNTS_LOCK})`
    const [due] = await tx<{ day: string | null; next: string }[]>`/* endOldestDay: due */
      with bound as (
        select date_trunc('day', clock_timestamp(), 'UTC') - make_interval(days => ${days}) as until
      ), oldest as (
        select date_trunc('day', min(hour), 'UTC') as day
        from unnest(${[...keptSets]}::smallint[]) as sets (kept)
        cross join lateral (select hour from minute_count where dimension_set = sets.kept order by hour limit 1) as first
        where hour < (select until from bound)
      )
      select day::text, coalesce(day + interval '24 hours', until)::text as next from bound cross join oldest`
    if (due === undefined) throw new Error('endOldestDay returned no row')
    await keepFrom(tx, 'minute_count', tx`${due.next}::text::timestamptz`)
    return due.day === null ? null : await intoQuarters(tx, due.day)
  })
}

async function intoQuarters(tx: Transaction, day: string): Promise<number> {
  const [gone] = await tx.unsafe<{ rows: number }[]>(INTO_QUARTERS, [day, [...keptSets]], {
    prepare: true,
  })
  return gone?.rows ?? 0
}

const sumOfQuarter = (_: string, quarter: number) => {
  const [hour, minute] = [Math.floor(quarter / 4), (quarter % 4) * 15]
  const minutes = slotNames.minute.slice(minute, minute + 15).join(' + ')
  return slotValue('quarter', `sum(0::bigint + ${minutes}) filter (where number = ${hour})`)
}

const INTO_QUARTERS = `/* intoQuarters */
with gone as (
  delete from minute_count
  where dimension_set = any($2::smallint[]) and hour >= $1::text::timestamptz
    and hour < $1::text::timestamptz + interval '24 hours'
  returning *, extract(hour from hour at time zone 'UTC')::integer as number
), added as (
  insert into quarter_count as held (dimension_set, day, ${key}, ${slotNames.quarter.join(', ')})
  select dimension_set, $1::text::timestamptz, ${key}, ${slotNames.quarter.map(sumOfQuarter).join(', ')}
  from gone group by dimension_set, ${key}
  ${addToHeld('quarter')}
)
select count(*)::integer as rows from gone`
