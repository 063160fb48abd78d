import { dimensionNames, dimensionSets, slotNames } from '../domain/counts.ts'
import type { Sql } from './connect.ts'
import { groupingSets, setOfRow, valuesOfRow } from './dimension-sets.ts'

/**
 * Adds the deltas that `minute_count` and `hour_count` do not have yet. Batches beside each other share most of their
 * buckets, so folding several at once updates a fraction of the rows.
 * Right whoever calls it, and how often: a batch leaves `unfolded_batch` in the statement that counts it. One at a time:
 * two would wait for each other's rows in a circle. Who comes meanwhile leaves it to the next one.
 */
export async function foldCounts(sql: Sql, topic: string): Promise<void> {
  await sql.unsafe(STATEMENT, [topic], { prepare: true })
}

/** Whoever changes counts takes it; any constant does, as long as every version of Rollcall takes the same. */
export const COUNTS_LOCK = 7_303_015

const set = 'dimension_set'
const key = dimensionNames.join(', ')

/** Logins of one unit of time each, as the slots of rows of a larger one, by every kept set of dimensions. */
const widen = (table: string, unit: string, part: string, slots: readonly string[], from: string) => `
  insert into ${table} as held (${set}, ${unit}, ${key}, ${slots.join(', ')})
  select ${setOfRow}, ${unit}, ${valuesOfRow},
         ${slots.map((_, i) => `coalesce(sum(logins) filter (where slot = ${i}), 0)`).join(', ')}
  from (
    select date_trunc('${unit}', bucket, 'UTC') as ${unit}, extract(${part} from bucket at time zone 'UTC')::integer as slot,
           ${key}, logins
    from ${from}
  ) as counts
  group by ${unit}, ${groupingSets(dimensionSets)}
  on conflict (${set}, ${unit}, ${key}) do update
    set ${slots.map((slot) => `${slot} = held.${slot} + excluded.${slot}`).join(', ')}`

/** Arrays place by place: those of all batches of a quarter of an hour, and what is held with what is new. */
const addUp = (column: string) => `
  select array_agg(logins order by number) from (
    select number, sum(logins) as logins from arrived, unnest(${column}) with ordinality as class (logins, number)
    where quarter = total.quarter group by number
  ) as classes`
const addTwo = (column: string) => `
  select array_agg(a + b order by number)
  from unnest(held.${column}, excluded.${column}) with ordinality as class (a, b, number)`

const STATEMENT = `/* foldCounts */
with turn as materialized (
  select pg_try_advisory_xact_lock(${COUNTS_LOCK}) as mine
), folded as (
  delete from unfolded_batch where topic = $1 and (select mine from turn)
  returning batch_id, revision
), minutes as materialized (
  select bucket, ${key}, sum(entry.logins)::integer as logins
  from folded join login_count_delta_entry entry using (batch_id, revision)
  group by bucket, ${key}
), hours as materialized (
  select date_trunc('hour', bucket, 'UTC') as bucket, ${key}, sum(logins)::integer as logins
  from minutes group by 1, ${key}
), kept_minutes as (
  select * from minutes
  where bucket >= coalesce((select kept_from from retention_bound where what = 'minute_count'), '-infinity')
), arrived as materialized (
  select date_bin('15 minutes', counted_at, '2000-01-01Z') as quarter, out_of_order, lateness, delays
  from folded join login_count_delta using (batch_id, revision)
  where counted_at is not null
), into_arrivals as (
  insert into arrival_count as held (quarter, out_of_order, lateness, delays)
  select quarter, sum(out_of_order), (${addUp('lateness')}), (${addUp('delays')})
  from arrived as total group by quarter
  on conflict (quarter) do update
    set out_of_order = held.out_of_order + excluded.out_of_order,
        lateness = (${addTwo('lateness')}), delays = (${addTwo('delays')})
), unmade as (
  delete from month_made where month in (select date_trunc('month', bucket, 'UTC') from hours)
), into_minutes as (${widen('minute_count', 'hour', 'minute', slotNames.minute, 'kept_minutes')}
)${widen('hour_count', 'day', 'hour', slotNames.hour, 'hours')}`
