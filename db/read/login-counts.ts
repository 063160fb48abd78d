import { bucketMs, type DimensionName } from '../../domain/counts.ts'
import { coverBuckets, type TimeBucket } from '../../domain/cover-buckets.ts'
import type { Counts } from '../../domain/series.ts'
import type { CountFilter } from './count-filter.ts'
import { columns, type Slots, slotRows, type Spans } from './count-buckets.ts'
import { type CountSource, countsFrom } from './count-moment.ts'
import type { ReadSession } from './snapshot.ts'

/** What to count: which counts, by which dimensions, of which logins. */
export type CountQuestion = {
  source: CountSource
  dimensions: readonly DimensionName[]
  filter: CountFilter
}

type Values = Partial<Record<DimensionName, string>>

/**
 * Logins by dimensions and bucket, to be added up: several may be of the same values and buckets, and make 0 together. They come
 * as text, which costs Node a fraction of a row for each.
 * @param most counts, or rows of slots, that are read; null is the answer when there are more
 */
export async function readLoginCounts(
  session: ReadSession,
  buckets: readonly TimeBucket[],
  question: CountQuestion,
  most: number,
): Promise<Counts[] | null> {
  const slices =
    question.source.kind === 'only' ? [] : coverBuckets(buckets, await monthsMade(session, buckets))
  const spans = slices.filter((slice) => slice.kind === 'span')
  const slots = slices.filter((slice) => slice.kind === 'each')
  const counts = await Promise.all([
    readSums(session, buckets, spans, question, most),
    ...slots.map((slice) => readSlots(session, slice, question, most)),
  ])
  const isCut = counts.includes(null)
  return isCut ? null : counts.flatMap((some) => some ?? [])
}

/** No month is shorter. */
const MONTH_MS = 28 * bucketMs.day

/** Starts of months that rows of month_count are whole of; none where no bucket holds one. */
async function monthsMade({ sql }: ReadSession, buckets: readonly TimeBucket[]): Promise<number[]> {
  if (buckets.every(({ fromMs, toMs }) => toMs - fromMs < MONTH_MS)) return []
  const rows = await sql<{ month: Date }[]>`/* monthsMade */ select month from month_made order by month`
  return rows.map(({ month }) => month.getTime())
}

async function readSums(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
  spans: readonly Spans[],
  { source, dimensions, filter }: CountQuestion,
  most: number,
): Promise<Counts[] | null> {
  const grouped = columns(sql, dimensions)
  const rows = await sql<(Values & { places: string; logins: string })[]>`
    /* loginCounts */
    select ${grouped} string_agg(bucket_index::text, ',') as places, string_agg(logins::text, ',') as logins
    from (
      select ${grouped} bucket_index, sum(logins)::bigint as logins
      from (${countsFrom(sql, source, buckets, spans, dimensions, filter)}) as counts
      group by ${grouped} bucket_index
      having sum(logins) <> 0
      limit ${most + 1}
    ) as counts
    group by ${grouped} ()
    having count(*) > 0`
  const counts = rows.map(({ places, logins, ...values }) => ({
    ...values,
    places: places.split(',').map(Number),
    logins: logins.split(',').map(BigInt),
  }))
  return counts.reduce((sum, { places }) => sum + places.length, 0) > most ? null : counts
}

async function readSlots(
  { sql }: ReadSession,
  slice: Slots,
  { dimensions, filter }: CountQuestion,
  most: number,
): Promise<Counts[] | null> {
  const rows = await sql<(Values & { start: number; slots: string })[]>`
    /* loginCountSlots */ ${slotRows(sql, slice, dimensions, filter)} limit ${most + 1}`
  if (rows.length > most) return null
  const pieces = Map.groupBy(slice.starts.keys(), (i) => slice.starts[i])
  return rows.map(({ start, slots, ...values }) => {
    const held = slots.split(',')
    const counts: Counts = { ...values, places: [], logins: [] }
    for (const i of pieces.get(start) ?? []) {
      const logins = BigInt(held[slice.slots[i] ?? 0] ?? 0)
      if (logins === 0n) continue
      counts.places.push(slice.buckets[i] ?? 0)
      counts.logins.push(logins)
    }
    return counts
  })
}

/** One range has at most one count of each kind. */
const MANY = 1_000

/** Logins of a whole range, as they are counted now. */
export async function readLoginTotal(
  session: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const question = { source: { kind: 'now' as const }, dimensions: [], filter }
  const counts = await readLoginCounts(session, [range], question, MANY)
  return (counts ?? []).flatMap(({ logins }) => logins).reduce((sum, logins) => sum + logins, 0n)
}
