import { bucketMs, floorTo } from './counts.ts'
import { DAY_MS, dayOf, periodAfter } from './period.ts'

/** Half-open, Unix milliseconds, both on a whole minute. */
export type TimeBucket = { fromMs: number; toMs: number }

/**
 * What to take of rows that hold the minutes of an hour, the hours of a day, or a month (UTC): parallel arrays, an entry a row and
 * bucket. `span`: the slots [from, to) of each row, for buckets of many slots, and [to, end) for the bucket after it, so that a
 * row which two days of a zone share is read once; `each`: one slot a row and bucket.
 */
export type Slice = {
  size: 'minute' | 'hour' | 'month'
  /** Starts of the rows, Unix milliseconds. */
  starts: number[]
  /** Places in the list of buckets. */
  buckets: number[]
} & ({ kind: 'span'; from: number; to: number; end: number } | { kind: 'each'; slots: number[] })

/** Days of a zone are a few spans over and over, two for each offset from UTC. Single hours or minutes are many. */
const MAX_SPANS = 8

type Piece = { start: number; bucket: number; from: number; to: number }

/**
 * Whole months of each bucket, as far as there are rows of them, whole hours as slots of days, what is left at its ends as slots
 * of hours. Together they are the buckets.
 * @param months starts of the months that have rows (Unix milliseconds), in order
 */
export function coverBuckets(buckets: readonly TimeBucket[], months: readonly number[] = []): Slice[] {
  const whole = months.map((start) => ({ start, end: monthAfter(start) }))
  const ofMonths: Piece[] = []
  const hours: Piece[] = []
  const minutes: Piece[] = []
  buckets.forEach(({ fromMs, toMs }, bucket) => {
    const fromHour = Math.min(toMs, -floorTo(-fromMs, bucketMs.hour))
    const toHour = Math.max(fromHour, floorTo(toMs, bucketMs.hour))
    cut(minutes, bucket, { fromMs, toMs: fromHour }, bucketMs.hour, bucketMs.minute)
    let fromDay = fromHour
    for (const { start, end } of whole) {
      if (start < fromHour || end > toHour) continue
      cut(hours, bucket, { fromMs: fromDay, toMs: start }, bucketMs.day, bucketMs.hour)
      ofMonths.push({ start, bucket, from: 0, to: 1 })
      fromDay = end
    }
    cut(hours, bucket, { fromMs: fromDay, toMs: toHour }, bucketMs.day, bucketMs.hour)
    cut(minutes, bucket, { fromMs: toHour, toMs }, bucketMs.hour, bucketMs.minute)
  })
  return [...slices('month', ofMonths), ...slices('hour', hours), ...slices('minute', minutes)]
}

/** Starts of the hours (UTC, Unix milliseconds) that buckets begin or end within, so that their minutes are needed. */
export function hoursCut(buckets: readonly TimeBucket[]): number[] {
  const hours: number[] = []
  for (const { fromMs, toMs } of buckets)
    for (const edge of [fromMs, toMs]) {
      const start = floorTo(edge, bucketMs.hour)
      if (start < edge && start !== hours.at(-1)) hours.push(start)
    }
  return hours
}

const monthAfter = (startMs: number): number => periodAfter('month', dayOf(startMs)) * DAY_MS

/** Adds a piece for each row that the range touches. */
function cut(pieces: Piece[], bucket: number, range: TimeBucket, rowMs: number, slotMs: number): void {
  for (let at = range.fromMs; at < range.toMs;) {
    const start = floorTo(at, rowMs)
    const end = Math.min(range.toMs, start + rowMs)
    pieces.push({ start, bucket, from: (at - start) / slotMs, to: (end - start) / slotMs })
    at = end
  }
}

function slices(size: Slice['size'], pieces: readonly Piece[]): Slice[] {
  const spans = new Set(pieces.map(({ from, to }) => from * 100 + to))
  if (spans.size > MAX_SPANS) return [eachSlot(size, pieces)]
  const alike = Map.groupBy(inPairs(pieces), ({ from, to, end }) => `${from} ${to} ${end}`)
  return Array.from(alike.values(), (same) => ({
    kind: 'span',
    size,
    from: same[0]?.from ?? 0,
    to: same[0]?.to ?? 0,
    end: same[0]?.end ?? 0,
    starts: same.map(({ start }) => start),
    buckets: same.map(({ bucket }) => bucket),
  }))
}

/** A piece that goes on where the one before it ends in their row, which is for the bucket after its own, is one with it. */
function inPairs(pieces: readonly Piece[]): (Piece & { end: number })[] {
  const pairs: (Piece & { end: number })[] = []
  for (const piece of pieces) {
    const last = pairs.at(-1)
    if (last?.start === piece.start && last.to === piece.from) last.end = piece.to
    else pairs.push({ ...piece, end: piece.to })
  }
  return pairs
}

function eachSlot(size: Slice['size'], pieces: readonly Piece[]): Slice {
  const slice = {
    kind: 'each' as const,
    size,
    starts: [] as number[],
    slots: [] as number[],
    buckets: [] as number[],
  }
  for (const { start, bucket, from, to } of pieces) {
    for (let slot = from; slot < to; slot++) {
      slice.starts.push(start)
      slice.slots.push(slot)
      slice.buckets.push(bucket)
    }
  }
  return slice
}
