import { type CountSize, slotNames, smallestSet } from '../../../domain/counts/counts.ts'
import { type Piece, piecesOf } from '../../../domain/counts/cover-buckets.ts'
import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import { bucketMs, QUARTER_MS, type TimeBucket } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { countTables, slotLogins } from '../../rollups/count-tables.ts'
import { addedBy, columns, pendingDeltas, placeInBuckets } from './count-buckets.ts'
import { filteredDimensions } from './count-filter.ts'
import { readMinutesKeptFrom } from './kept-minutes.ts'
import { withinHeld } from './login-counts.ts'
import { outcomesWithin, type SetFilter, withinSetFilter } from './set-filter.ts'

type Sql = ReadSession['sql']
type Values = Partial<Record<DimensionName, string>>

/** When there were attempts of one value of each dimension in a bucket, by its index; Unix milliseconds. */
export type SeenTimes = { values: Values; bucket: number; firstMs: number; lastMs: number }

/** By which dimensions, and which attempts. */
type SeenQuestion = { dimensions: readonly DimensionName[]; filter: SetFilter }

/**
 * Reads the starts of the first and the last minute with attempts, by bucket and values; of the quarter of an
 * hour where minutes are not kept. What is not rolled up yet is included. Several results may have the same
 * values and bucket.
 * @param buckets in order of time, without overlap
 * @param most how many results each of four statements may have
 * @returns null when there are more
 * @throws {RangeError} a bucket ends inside a quarter of an hour whose minutes are no longer kept
 */
export async function readSeenTimes(
  session: ReadSession,
  buckets: readonly TimeBucket[],
  question: SeenQuestion,
  most: number,
): Promise<SeenTimes[] | null> {
  const { sql } = session
  const keptFrom = await readMinutesKeptFrom(session)
  const held = { months: [], minutesFromMs: keptFrom?.getTime() ?? -Infinity }
  const { hour, quarter, minute } = piecesOf(await withinHeld(session, buckets), held)
  const parts = [
    hour.length === 0 ? [] : [seenInHours(sql, hour, question)],
    quarter.length === 0 ? [] : [seenIn(sql, 'quarter', quarter, question)],
    minute.length === 0 ? [] : [seenIn(sql, 'minute', minute, question)],
    [notRolledUp(sql, buckets, question, keptFrom)],
  ].flat()
  const found = await Promise.all(
    parts.map(
      (part) => sql<Row[]>`/* readSeenTimes */
        select bucket_index, ${columns(sql, question.dimensions)} (extract(epoch from min(first)) * 1000)::float8 as first,
               (extract(epoch from max(last)) * 1000)::float8 as last
        from (${part}) as seen where first is not null
        group by ${columns(sql, question.dimensions)} bucket_index
        limit ${most + 1}`,
    ),
  )
  if (found.some((rows) => rows.length > most)) return null
  return found.flatMap((rows) =>
    rows.map(({ bucket_index: bucket, first, last, ...values }) => ({
      ...{ values, bucket, firstMs: first, lastMs: last },
    })),
  )
}

type Row = Values & { bucket_index: number; first: number; last: number }

/** The dimensions that rows must have. */
const keptBy = ({ dimensions, filter }: SeenQuestion): DimensionName[] => [
  ...dimensions,
  ...filteredDimensions({ ...filter, outcomes: outcomesWithin(filter) }),
]

const setOf = (question: SeenQuestion): number =>
  smallestSet(keptBy(question), outcomesWithin(question.filter))

const slotMs = { minute: bucketMs.minute, quarter: QUARTER_MS, hour: bucketMs.hour }
type Size = Exclude<CountSize, 'month'>

/** Selects the start of the first and of the last slot in [slot_from, slot_to) with attempts. */
function firstAndLast(sql: Sql, size: Size) {
  const { start } = countTables[size]
  const held = slotNames[size].map(
    (slot, i) => `when slot_from <= ${i} and ${i} < slot_to and ${slotLogins(size, slot)} <> 0 then ${i}`,
  )
  const at = (cases: readonly string[]) =>
    sql.unsafe(`${start} + (case ${cases.join(' ')} end) * interval '${slotMs[size] / 1_000} seconds'`)
  return sql`${at(held)} as first, ${at(held.toReversed())} as last`
}

/** Selects rows of (bucket_index, dimensions, first, last); both are null where there are no attempts. */
function seenIn(sql: Sql, size: Size, pieces: readonly Piece[], question: SeenQuestion) {
  const { table, start } = countTables[size]
  return sql`
    select bucket_index, ${columns(sql, question.dimensions)} ${firstAndLast(sql, size)}
    from unnest(${pieces.map((piece) => isoTime(piece.start))}::text[]::timestamptz[],
                ${pieces.map(({ bucket }) => bucket)}::integer[], ${pieces.map(({ from }) => from)}::integer[],
                ${pieces.map(({ to }) => to)}::integer[]) as piece (at, bucket_index, slot_from, slot_to)
    cross join lateral (
      select * from ${sql(table)}
      where dimension_set = ${setOf(question)}::smallint and ${sql(start)} = piece.at
        ${withinSetFilter(sql, question.filter)} offset 0
    ) as held`
}

/** As seenIn, of hours; then looks into the first and the last of them. */
function seenInHours(sql: Sql, pieces: readonly Piece[], question: SeenQuestion) {
  const { dimensions } = question
  const isSame = sql.unsafe(dimensions.map((name) => `and ${name} = hours.${name} `).join(''))
  const within = (size: 'minute' | 'quarter', at: string, slots: string) => sql`
    select ${firstAndLast(sql, size)}
    from (select ${sql.unsafe(slots)} offset 0) as slots, ${sql(countTables[size].table)}
    where dimension_set = ${setOf(question)}::smallint
      and ${sql(countTables[size].start)} = ${sql.unsafe(at)} ${isSame} ${withinSetFilter(sql, question.filter)}`
  const quarter = `extract(hour from ends.hour at time zone 'UTC')::integer * 4`
  return sql`
    select bucket_index, ${columns(sql, dimensions)} inside.first, inside.last
    from (
      select bucket_index, ${columns(sql, dimensions)} min(first) as first, max(last) as last
      from (${seenIn(sql, 'hour', pieces, question)}) as held
      group by ${columns(sql, dimensions)} bucket_index
    ) as hours
    cross join lateral (values (hours.first), (hours.last)) as ends (hour)
    cross join lateral (
      ${within('minute', 'ends.hour', '0 as slot_from, 60 as slot_to')}
      union all
      ${within('quarter', `date_trunc('day', ends.hour, 'UTC')`, `${quarter} as slot_from, ${quarter} + 4 as slot_to`)}
    ) as inside`
}

/** Minutes are as fine as they will be once they are rolled up, so that an answer does not change by it. */
const notRolledUp = (
  sql: Sql,
  buckets: readonly TimeBucket[],
  question: SeenQuestion,
  minutesFrom: Date | null,
) => sql`
  select place.number - 1 as bucket_index, ${columns(sql, question.dimensions)} slot.start as first, slot.start as last
  from ${pendingDeltas(sql)}
  ${addedBy(sql, keptBy(question))}
  cross join lateral (
    select case when bucket < ${minutesFrom === null ? '-infinity' : isoTime(minutesFrom.getTime())}::text::timestamptz
                then date_bin('15 minutes', bucket, timestamptz '2000-01-01Z') else bucket end as start
  ) as slot
  ${placeInBuckets(sql, buckets)} ${withinSetFilter(sql, question.filter)}`
