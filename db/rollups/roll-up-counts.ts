import { dimensionSets, failureSets, slotNames } from '../../domain/counts/counts.ts'
import type { Sql } from '../connection/connect.ts'
import { addToHeld, countTables, MINUTES_KEPT_FROM, slotValue } from './count-tables.ts'
import { dimensionColumns as key, joinEntries } from './dimension-columns.ts'
import { groupingSets, IS_FAILURE, setOfRow, valuesOfRow } from './dimension-sets.ts'
import { addKnownValues } from './known-values.ts'

/**
 * Adds the pending deltas to `hour_count` and `minute_count`, or to `quarter_count` for days whose minutes
 * are not kept, and their values to `dimension_value`. Batches next to each other share most of their buckets,
 * so rolling up several at once updates far fewer rows. Any worker may call it at any time: a batch leaves
 * `pending_rollup` in the statement that counts it. One call at a time in a database, because two would
 * deadlock on each other's rows; a call that finds another at work does nothing.
 * @param atLeast does nothing while fewer batches of the topic, whichever worker wrote them, are pending
 */
export async function rollUpCounts(sql: Sql, topic: string, atLeast = 1): Promise<void> {
  await sql.begin(async (tx) => {
    // Locked by a statement of its own: the snapshot of the next one has to show what the last holder of the
    // lock committed. Planning the next one takes a tenth as long as running it, so a session plans it once,
    // for any topic.
    const [turn] = await tx<{ mine: boolean; pending: number }[]>`/* rollUpCounts: lock */
      select pg_try_advisory_xact_lock(${COUNTS_LOCK}) as mine,
             (select count(*)::integer from pending_rollup where topic = ${topic}) as pending,
             set_config('plan_cache_mode', 'force_generic_plan', true)`
    if (turn?.mine === true && turn.pending >= atLeast) await tx.unsafe(STATEMENT, [topic], { prepare: true })
  })
}

/** The advisory lock for changing counts: an arbitrary number, but the same in every version of Rollcall. */
export const COUNTS_LOCK = 7_303_015

const set = 'dimension_set'

/** The slot of a moment `bucket` (UTC): the minute of its hour, or the quarter or hour of its day. */
const slotOf = {
  minute: `extract(minute from bucket)::integer`,
  quarter: `extract(hour from bucket at time zone 'UTC')::integer * 4 + extract(minute from bucket)::integer / 15`,
  hour: `extract(hour from bucket at time zone 'UTC')::integer`,
}

/** Inserts counts of single units of time as slots of rows, for every set of dimensions that is kept. */
const widen = (size: 'minute' | 'quarter' | 'hour', from: string) => {
  const { table, start } = countTables[size]
  const grouped = (sets: readonly number[], counted: string) => `
  select ${setOfRow}, ${start}, ${valuesOfRow},
         ${slotNames[size].map((_, i) => slotValue(size, `sum(logins) filter (where slot = ${i})`)).join(', ')}
  from (
    select date_trunc('${start}', bucket, 'UTC') as ${start}, ${slotOf[size]} as slot, ${key}, logins
    from ${from} where ${counted}
  ) as counts
  group by ${start}, ${groupingSets(sets)}`
  return `
  insert into ${table} as held (${set}, ${start}, ${key}, ${slotNames[size].join(', ')})
  ${grouped(dimensionSets, 'true')}
  union all ${grouped(failureSets, IS_FAILURE)}
  ${addToHeld(size)}`
}

/**
 * Add arrays element by element: those of all batches of a quarter of an hour, and the held one and the new
 * one.
 */
const addUp = (column: string) => `
  select array_agg(logins order by number) from (
    select number, sum(logins) as logins from arrived, unnest(${column}) with ordinality as class (logins, number)
    where quarter = total.quarter group by number
  ) as classes`
const addTwo = (column: string) => `
  select array_agg(a + b order by number)
  from unnest(held.${column}, excluded.${column}) with ordinality as class (a, b, number)`

const STATEMENT = `/* rollUpCounts */
with taken as (
  delete from pending_rollup where topic = $1
  returning batch_id, revision
), minutes as materialized (
  select bucket, ${key}, sum(added.logins)::integer as logins
  from taken join login_count_delta delta using (batch_id, revision)
  ${joinEntries('delta', 'bucket')}
  group by bucket, ${key}
), hours as materialized (
  select date_trunc('hour', bucket, 'UTC') as bucket, ${key}, sum(logins)::integer as logins
  from minutes group by 1, ${key}
), kept_minutes as (
  select * from minutes where bucket >= ${MINUTES_KEPT_FROM}
), older_minutes as (
  select * from minutes where bucket < ${MINUTES_KEPT_FROM}
), arrived as materialized (
  select date_bin('15 minutes', counted_at, '2000-01-01Z') as quarter, out_of_order, lateness, delays
  from taken join login_count_delta using (batch_id, revision)
  where counted_at is not null
), into_arrivals as (
  insert into arrival_count as held (quarter, out_of_order, lateness, delays)
  select quarter, sum(out_of_order), (${addUp('lateness')}), (${addUp('delays')})
  from arrived as total group by quarter
  on conflict (quarter) do update
    set out_of_order = held.out_of_order + excluded.out_of_order,
        lateness = (${addTwo('lateness')}), delays = (${addTwo('delays')})
), unmade as (
  delete from rolled_up_month where month in (select date_trunc('month', bucket, 'UTC') from hours)
), into_values as (${addKnownValues('hours')}
), into_minutes as (${widen('minute', 'kept_minutes')}
), into_quarters as (${widen('quarter', 'older_minutes')}
)${widen('hour', 'hours')}`
