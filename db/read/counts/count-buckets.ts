import { dimensionBit, slotNames, smallestSet } from '../../../domain/counts/counts.ts'
import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import type { RollupRows } from '../../../domain/counts/cover-buckets.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { countTables, slotLogins } from '../../rollups/count-tables.ts'
import { joinEntries } from '../../rollups/dimension-columns.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']
type Wanted = { dimensions: readonly DimensionName[]; filter: CountFilter }

export type Spans = RollupRows & { kind: 'span' }
export type Slots = RollupRows & { kind: 'each' }

/**
 * Selects the counts of buckets as rows of (bucket_index, the dimensions asked for, logins, next_logins),
 * including what is not rolled up yet. next_logins belong to the bucket after bucket_index. Add rows up:
 * several may have the same bucket and values. Rows that need no adding up are read by rowsOfSpan and
 * slotRows instead.
 * @param buckets in order of time, without overlap; `bucket_index` is the place in this list, from 0
 */
export function countsInBuckets(
  sql: Sql,
  buckets: readonly TimeBucket[],
  spans: readonly Spans[],
  dimensions: readonly DimensionName[],
  filter: CountFilter,
) {
  const wanted = { dimensions, filter }
  const set = setOf(wanted)
  const held = spans.map((span) => sql`${spanOf(sql, span, set, wanted)} union all`)
  return sql`${held.length === 0 ? sql`` : held} ${notRolledUp(sql, buckets, wanted)}`
}

/** Whether a span has at most one row for each bucket and values, so that there is nothing to add up. */
export function isOfSingleRows(
  { buckets }: Spans,
  dimensions: readonly DimensionName[],
  filter: CountFilter,
) {
  const asked = [...new Set(dimensions)].reduce((set, name) => set | dimensionBit[name], 0)
  return asked === setOf({ dimensions, filter }) && new Set(buckets).size === buckets.length
}

/** Selects such a span without the rows that are 0. The columns are those of countsInBuckets. */
export function rowsOfSpan(sql: Sql, span: Spans, dimensions: readonly DimensionName[], filter: CountFilter) {
  const wanted = { dimensions, filter }
  return sql`
    select * from (${spanOf(sql, span, setOf(wanted), wanted)} offset 0) as summed
    where logins <> 0 or next_logins <> 0`
}

/**
 * Selects rows of (the dimensions asked for, start in Unix milliseconds, slots). `slots` holds all slots of a
 * row as text: the caller splits it, which is much cheaper than in Postgres.
 */
export function slotRows(sql: Sql, slice: Slots, dimensions: readonly DimensionName[], filter: CountFilter) {
  const { table, start } = countTables[slice.size]
  const wanted = { dimensions, filter }
  const sums = slotNames[slice.size].map((slot) => `sum(${slotLogins(slice.size, slot)})`)
  return sql`
    select ${columns(sql, dimensions)} (extract(epoch from ${sql(start)}) * 1000)::float8 as start,
           ${sql.unsafe(`concat_ws(',', ${sums.join(', ')})`)} as slots
    from unnest(${times([...new Set(slice.starts)])}::text[]::timestamptz[]) as row (at)
    join ${sql(table)} on dimension_set = ${setOf(wanted)}::smallint and ${sql(start)} = row.at
    where true ${withinFilter(sql, filter)}
    group by ${columns(sql, dimensions)} ${sql(start)}
    having ${sql.unsafe(sums.join(' + '))} <> 0`
}

const setOf = ({ dimensions, filter }: Wanted) =>
  smallestSet([...dimensions, ...filteredDimensions(filter)], filter.outcomes)

/**
 * `offset 0` makes Postgres look each start up by the key. Otherwise the planner would read the whole table
 * for the starts of a year, many of which may have no row.
 */
function spanOf(sql: Sql, slice: Spans, set: number, { dimensions, filter }: Wanted) {
  const { table, start } = countTables[slice.size]
  const slots = slotNames[slice.size].map((slot) => slotLogins(slice.size, slot))
  const sum = (from: number, to: number) => sql.unsafe(['0::bigint', ...slots.slice(from, to)].join(' + '))
  return sql`
    select piece.bucket_index, ${columns(sql, dimensions)} ${sum(slice.from, slice.to)} as logins,
           ${sum(slice.to, slice.end)} as next_logins
    from unnest(${times(slice.starts)}::text[]::timestamptz[], ${slice.buckets}::integer[]) as piece (start, bucket_index)
    cross join lateral (
      select * from ${sql(table)}
      where dimension_set = ${set}::smallint and ${sql(start)} = piece.start ${withinFilter(sql, filter)} offset 0
    ) as held`
}

/**
 * Selects what is not rolled up yet, as the view login_count_pending does, but reads only the dimensions
 * asked for.
 */
const notRolledUp = (sql: Sql, buckets: readonly TimeBucket[], { dimensions, filter }: Wanted) => sql`
  select place.number - 1 as bucket_index, ${columns(sql, dimensions)} added.logins, 0 as next_logins
  from ${pendingDeltas(sql)}
  ${addedBy(sql, [...dimensions, ...filteredDimensions(filter)])}
  ${placeInBuckets(sql, buckets)} ${withinFilter(sql, filter)}`

/**
 * The rows `delta` of login_count_delta that are not rolled up yet. `offset 0` keeps the planner, which
 * cannot know how few they are, from reading all.
 */
export const pendingDeltas = (sql: Sql) => sql`pending_rollup as pending
  cross join lateral (
    select * from login_count_delta where batch_id = pending.batch_id and revision = pending.revision offset 0
  ) as delta`

/**
 * Joins the entries of a row `delta` of login_count_delta with the dimensions asked for: each costs time for
 * every entry.
 */
export const addedBy = (sql: Sql, dimensions: readonly DimensionName[]) =>
  sql.unsafe(joinEntries('delta', 'bucket', dimensions))

/**
 * Joins `place.number`, the place (from 1) in `buckets` of a moment of each row. Leaves out rows that lie in
 * no bucket. `offset 0` makes Postgres read the bounds once and not for each row. They are numbers, because a
 * year has so many bounds that parsing them as moments would take longer than everything else.
 */
export function placeInBuckets(sql: Sql, buckets: readonly TimeBucket[], moment = 'bucket') {
  // Usually each bucket ends where the next one starts: then the last end is enough.
  const isGapless = buckets.every(({ fromMs }, i) => i === 0 || fromMs === buckets[i - 1]?.toMs)
  const ends = (isGapless ? buckets.slice(-1) : buckets).map(({ toMs }) => toMs)
  return sql`
  cross join (
    select ${seconds(buckets.map(({ fromMs }) => fromMs))}::text::float8[] as starts,
           ${seconds(ends)}::text::float8[] as ends offset 0
  ) as given
  cross join lateral (select date_part('epoch', ${sql(moment)}) as at) as moment
  cross join lateral (select width_bucket(moment.at, given.starts) as number) as place
  where place.number > 0 and moment.at < given.ends[${isGapless ? sql`1` : sql`place.number`}]`
}

/** Writes times as a Postgres array of seconds. */
const seconds = (times: readonly number[]): string => `{${times.map((ms) => ms / 1_000).join(',')}}`

/** The columns of dimensions, each followed by a comma. */
export const columns = (sql: Sql, dimensions: readonly DimensionName[]) =>
  sql.unsafe(dimensions.map((name) => `${name}, `).join(''))

const times = (values: readonly number[]) => values.map(isoTime)
