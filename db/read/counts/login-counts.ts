import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import { bucketMs, type TimeBucket } from '../../../domain/time/bucket.ts'
import { coverBuckets, type HeldRows, unitsCut } from '../../../domain/counts/cover-buckets.ts'
import type { Counts } from '../../../domain/counts/counts.ts'
import type { CountFilter } from './count-filter.ts'
import { columns, isOfSingleRows, rowsOfSpan, type Slots, slotRows, type Spans } from './count-buckets.ts'
import { type CountSource, countsFrom } from './count-moment.ts'
import { readMinutesKeptFrom } from './kept-minutes.ts'
import { numbersIn } from './numbers-in.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What to read: the source of the counts, the dimensions to group by, and a filter. */
export type CountQuestion = {
  source: CountSource
  dimensions: readonly DimensionName[]
  filter: CountFilter
}

/** The question for all logins of a filter together, as they are counted now. */
export const loginsAsCounted = (filter: CountFilter): CountQuestion => ({
  source: { kind: 'now' },
  dimensions: [],
  filter,
})

type Values = Partial<Record<DimensionName, string>>

/**
 * Reads logins by dimensions and bucket. Add the results up: several may have the same values and buckets,
 * and their sum may be 0. Postgres sends them as text, which is much cheaper for Node than a row for each.
 * @param most how many counts, or rows of slots, may be read
 * @returns null when there are more
 * @throws {RangeError} a bucket ends inside a quarter of an hour whose minutes are no longer kept, and
 *   `source` is not 'only'
 */
export async function readLoginCounts(
  session: ReadSession,
  buckets: readonly TimeBucket[],
  question: CountQuestion,
  most: number,
): Promise<Counts[] | null> {
  const slices =
    question.source.kind === 'only'
      ? []
      : coverBuckets(await withinHeld(session, buckets), await heldRows(session, buckets))
  const spans = slices.filter((slice) => slice.kind === 'span')
  const slots = slices.filter((slice) => slice.kind === 'each')
  const counts = await Promise.all([
    readSums(session, buckets, spans, question, most),
    ...slots.map((slice) => readSlots(session, slice, question, most)),
  ])
  const isCut = counts.includes(null)
  return isCut ? null : counts.flatMap((some) => some ?? [])
}

async function heldRows(session: ReadSession, buckets: readonly TimeBucket[]): Promise<HeldRows> {
  const isCut = unitsCut(buckets, bucketMs.hour).length > 0
  const keptFrom = isCut ? await readMinutesKeptFrom(session) : null
  return { months: await monthsMade(session, buckets), minutesFromMs: keptFrom?.getTime() ?? -Infinity }
}

/** A longer range is cut to the days that have counts: looking each of 300,000 days up takes seconds. */
const LOOKED_FOR_MS = 3 * 366 * bucketMs.day

/** Cuts buckets to the days that have counts, if their range is long. */
export async function withinHeld(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
): Promise<readonly TimeBucket[]> {
  if ((buckets.at(-1)?.toMs ?? 0) - (buckets[0]?.fromMs ?? 0) <= LOOKED_FOR_MS) return buckets
  const [held] = await sql<{ first: Date | null; last: Date | null }[]>`
    /* withinHeld */ select min(day) as first, max(day) as last from hour_count where dimension_set = 0`
  const firstMs = held?.first?.getTime() ?? 0
  const endMs = held?.last ? held.last.getTime() + bucketMs.day : firstMs
  const within = (ms: number) => Math.min(endMs, Math.max(firstMs, ms))
  return buckets.map(({ fromMs, toMs }) => ({ fromMs: within(fromMs), toMs: within(toMs) }))
}

/** The length of the shortest month. */
const MONTH_MS = 28 * bucketMs.day

/**
 * Reads the starts of the months that are whole in month_count; none if every bucket is shorter than a month.
 */
async function monthsMade({ sql }: ReadSession, buckets: readonly TimeBucket[]): Promise<number[]> {
  if (buckets.every(({ fromMs, toMs }) => toMs - fromMs < MONTH_MS)) return []
  const rows = await sql<{ month: Date }[]>`/* monthsMade */ select month from rolled_up_month order by month`
  return rows.map(({ month }) => month.getTime())
}

/**
 * Adds counts up by bucket and values. Spans of single rows are not grouped, which would take as long as
 * reading them.
 */
async function readSums(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
  spans: readonly Spans[],
  { source, dimensions, filter }: CountQuestion,
  most: number,
): Promise<Counts[] | null> {
  const grouped = columns(sql, dimensions)
  const single = spans.filter((span) => isOfSingleRows(span, dimensions, filter))
  const others = spans.filter((span) => !single.includes(span))
  const asTheyAre = single.map((span) => sql`${rowsOfSpan(sql, span, dimensions, filter)} union all`)
  // Each part of the union has a row once, and a count takes part in two rows of a part at most.
  const mostRows = 2 * (single.length + 1) * most
  const rows = await sql<(Values & IndexedSums)[]>`
    /* readSums */
    select ${grouped} string_agg(bucket_index::text, ',') as places, string_agg(logins::text, ',') as logins,
           string_agg(next_logins::text, ',') as next_logins
    from (
      ${asTheyAre.length === 0 ? sql`` : asTheyAre}
      (select bucket_index, ${grouped} sum(logins)::bigint as logins, sum(next_logins)::bigint as next_logins
       from (${countsFrom(sql, source, buckets, others, dimensions, filter)}) as counts
       group by ${grouped} bucket_index
       having sum(logins) <> 0 or sum(next_logins) <> 0)
      limit ${mostRows + 1}
    ) as counts
    group by ${grouped} ()
    having count(*) > 0`
  let read = 0
  const counts = rows.map(({ places, logins, next_logins, ...values }) => {
    const indexed = {
      places: numbersIn(places),
      logins: numbersIn(logins),
      nextLogins: numbersIn(next_logins),
    }
    read += indexed.places.length
    return { ...values, ...addUp(indexed, buckets.length) }
  })
  const held = counts.reduce((sum, { places }) => sum + places.length, 0)
  return read > mostRows || held > most ? null : counts
}

/** Parallel lists: places of buckets, their logins, and the logins of the bucket after each. */
type IndexedSums = { places: string; logins: string; next_logins: string }

/** Adds logins up by place. Each place occurs once in the result. */
function addUp(
  { places, logins, nextLogins }: { places: number[]; logins: number[]; nextLogins: number[] },
  buckets: number,
): Pick<Counts, 'places' | 'logins'> {
  // An array with an element for each bucket is filled in a fraction of the time that a Map takes.
  const sums = new Float64Array(buckets + 1)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? 0
    sums[place] = (sums[place] ?? 0) + (logins[i] ?? 0)
    sums[place + 1] = (sums[place + 1] ?? 0) + (nextLogins[i] ?? 0)
  }
  const held: Pick<Counts, 'places' | 'logins'> = { places: [], logins: [] }
  for (let place = 0; place < sums.length; place++) {
    const sum = sums[place] ?? 0
    if (sum === 0) continue
    held.places.push(place)
    held.logins.push(sum)
  }
  return held
}

async function readSlots(
  { sql }: ReadSession,
  slice: Slots,
  { dimensions, filter }: CountQuestion,
  most: number,
): Promise<Counts[] | null> {
  const rows = await sql<(Values & { start: number; slots: string })[]>`
    /* readSlots */ ${slotRows(sql, slice, dimensions, filter)} limit ${most + 1}`
  if (rows.length > most) return null
  const pieces = Map.groupBy(slice.starts.keys(), (i) => slice.starts[i])
  return rows.map(({ start, slots, ...values }) => {
    const held = numbersIn(slots)
    const counts: Counts = { ...values, places: [], logins: [] }
    for (const i of pieces.get(start) ?? []) {
      const logins = held[slice.slots[i] ?? 0] ?? 0
      if (logins === 0) continue
      addTo(counts, slice.buckets[i] ?? 0, logins)
    }
    return counts
  })
}

/** Adds logins to the last place or appends a place: the slots of a bucket follow each other. */
function addTo({ places, logins }: Counts, place: number, more: number): void {
  const last = places.length - 1
  if (places[last] === place) logins[last] = (logins[last] ?? 0) + more
  else logins[places.push(place) - 1] = more
}

/** More counts than a single range without dimensions can have. */
const MANY = 1_000

/** Reads how many logins a whole range has, as they are counted now. */
export async function readLoginTotal(
  session: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const counts = await readLoginCounts(session, [range], loginsAsCounted(filter), MANY)
  return BigInt((counts ?? []).flatMap(({ logins }) => logins).reduce((sum, logins) => sum + logins, 0))
}
