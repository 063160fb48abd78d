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
 * What every question about counts reads, beside the rows that are read one by one (rowsOfSpan, slotRows): rows of (bucket_index, the dimensions asked
 * for, logins, next_logins: of the bucket after it), several for the same bucket and values, to be added up. What is not rolled up yet
 * is among them.
 * @param buckets in order of time, none over another; `bucket_index` is the place in it, from 0
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

/** Whether a span has one row of counts at most for a bucket and values, so that there is nothing to add up. */
export function isOfSingleRows(
  { buckets }: Spans,
  dimensions: readonly DimensionName[],
  filter: CountFilter,
) {
  const asked = [...new Set(dimensions)].reduce((set, name) => set | dimensionBit[name], 0)
  return asked === setOf({ dimensions, filter }) && new Set(buckets).size === buckets.length
}

/** Such a span, without what is 0; rows as of countsInBuckets. */
export function rowsOfSpan(sql: Sql, span: Spans, dimensions: readonly DimensionName[], filter: CountFilter) {
  const wanted = { dimensions, filter }
  return sql`
    select * from (${spanOf(sql, span, setOf(wanted), wanted)} offset 0) as summed
    where logins <> 0 or next_logins <> 0`
}

/**
 * Rows of (the dimensions asked for, start in Unix milliseconds, slots): all slots of a row of counts as text, to be told apart
 * by the reader, which costs a fraction of doing so in Postgres.
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

const setOf = ({ dimensions, filter }: Wanted) => smallestSet([...dimensions, ...filteredDimensions(filter)])

/**
 * Offset 0 has each start looked for by the key: the planner would read all rows for the starts of a year, of which many may
 * have none.
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

/** As the view login_count_pending. */
const notRolledUp = (sql: Sql, buckets: readonly TimeBucket[], { dimensions, filter }: Wanted) => sql`
  select place.number - 1 as bucket_index, ${columns(sql, dimensions)} added.logins, 0 as next_logins
  from pending_rollup as pending
  cross join lateral (
    select * from login_count_delta where batch_id = pending.batch_id and revision = pending.revision offset 0
  ) as delta
  ${addedBy(sql, [...dimensions, ...filteredDimensions(filter)])}
  ${placeInBuckets(sql, buckets)} ${withinFilter(sql, filter)}`

/** Joins the entries of a row `delta` of login_count_delta, with the dimensions asked for alone: each costs every entry. */
export const addedBy = (sql: Sql, dimensions: readonly DimensionName[]) =>
  sql.unsafe(joinEntries('delta', 'bucket', dimensions))

/**
 * Joins `place.number`, the place in `buckets` from 1, of a moment of each row; rows of none are left out. Offset 0, so that
 * the bounds are read once and not once a row; as numbers, because a year has so many that reading them as moments would take
 * longer than the rest.
 */
export function placeInBuckets(sql: Sql, buckets: readonly TimeBucket[], moment = 'bucket') {
  // Mostly a bucket ends where the next one starts, and one end tells all.
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

/** An array of Postgres. */
const seconds = (times: readonly number[]): string => `{${times.map((ms) => ms / 1_000).join(',')}}`

/** Each followed by a comma. */
export const columns = (sql: Sql, dimensions: readonly DimensionName[]) =>
  sql.unsafe(dimensions.map((name) => `${name}, `).join(''))

const times = (values: readonly number[]) => values.map(isoTime)
