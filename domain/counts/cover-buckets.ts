import { bucketMs, floorTo, QUARTER_MS, type TimeBucket } from '../time/bucket.ts'
import { DAY_MS, dayOf, periodAfter } from '../time/period.ts'

/**
 * What to read of rollup rows, each of which holds the minutes of an hour, the quarters or the hours of a
 * day, or a month (UTC). The arrays are parallel, with an entry per row and bucket.
 * - `span` reads the slots [from, to) of each row for its bucket and [to, end) for the bucket after it, so
 *   that a row which two days of a zone share is read once. It suits buckets of many slots.
 * - `each` reads one slot per entry.
 */
export type RollupRows = {
  size: 'minute' | 'quarter' | 'hour' | 'month'
  /** Starts of the rows, Unix milliseconds. */
  starts: number[]
  /** Indexes into the list of buckets. */
  buckets: number[]
} & ({ kind: 'span'; from: number; to: number; end: number } | { kind: 'each'; slots: number[] })

/** Days of a zone repeat a few spans, two for each offset from UTC. Single hours or minutes need many. */
const MAX_SPANS = 8

/** The slots [from, to) of the row that starts at `start` (Unix milliseconds), for the bucket with this index. */
export type Piece = { start: number; bucket: number; from: number; to: number }

/**
 * Which rows exist. `months` has the starts of the months with a row (Unix milliseconds), in order.
 * `minutesFromMs` is the start of the first day that has minutes; earlier days have quarters.
 */
export type HeldRows = { months: readonly number[]; minutesFromMs: number }

const EVERY_MINUTE: HeldRows = { months: [], minutesFromMs: -Infinity }

/**
 * Covers the buckets with rollup rows: whole months where they have a row, then whole hours as slots of days,
 * then minutes or quarters for the rest at both ends.
 * @throws {RangeError} a bucket cuts a quarter whose minutes are not kept
 */
export function coverBuckets(buckets: readonly TimeBucket[], held = EVERY_MINUTE): RollupRows[] {
  const pieces = piecesOf(buckets, held)
  return (['month', 'hour', 'quarter', 'minute'] as const).flatMap((size) => readsOf(size, pieces[size]))
}

/**
 * Covers the buckets as coverBuckets does, piece by piece.
 * @throws {RangeError} a bucket cuts a quarter whose minutes are not kept
 */
export function piecesOf(
  buckets: readonly TimeBucket[],
  held: HeldRows,
): Record<RollupRows['size'], Piece[]> {
  const whole = held.months.map((start) => ({ start, end: monthAfter(start) }))
  const pieces = { month: [] as Piece[], hour: [] as Piece[], quarter: [] as Piece[], minute: [] as Piece[] }
  const cutEnd = (bucket: number, range: TimeBucket) => {
    if (range.fromMs >= held.minutesFromMs)
      addPieces(pieces.minute, bucket, range, bucketMs.hour, bucketMs.minute)
    else addPieces(pieces.quarter, bucket, range, bucketMs.day, QUARTER_MS)
  }
  buckets.forEach(({ fromMs, toMs }, bucket) => {
    const fromHour = Math.min(toMs, -floorTo(-fromMs, bucketMs.hour))
    const toHour = Math.max(fromHour, floorTo(toMs, bucketMs.hour))
    cutEnd(bucket, { fromMs, toMs: fromHour })
    let fromDay = fromHour
    for (const { start, end } of whole) {
      if (start < fromHour || end > toHour) continue
      addPieces(pieces.hour, bucket, { fromMs: fromDay, toMs: start }, bucketMs.day, bucketMs.hour)
      pieces.month.push({ start, bucket, from: 0, to: 1 })
      fromDay = end
    }
    addPieces(pieces.hour, bucket, { fromMs: fromDay, toMs: toHour }, bucketMs.day, bucketMs.hour)
    cutEnd(bucket, { fromMs: toHour, toMs })
  })
  return pieces
}

/** Starts (Unix milliseconds) of the units of this length within which a bucket begins or ends. */
export function unitsCut(buckets: readonly TimeBucket[], unitMs: number): number[] {
  const units: number[] = []
  for (const { fromMs, toMs } of buckets)
    for (const edge of [fromMs, toMs]) {
      const start = floorTo(edge, unitMs)
      if (start < edge && start !== units.at(-1)) units.push(start)
    }
  return units
}

const monthAfter = (startMs: number): number => periodAfter('month', dayOf(startMs)) * DAY_MS

/** Adds a piece for each row that overlaps the range. */
function addPieces(pieces: Piece[], bucket: number, range: TimeBucket, rowMs: number, slotMs: number): void {
  for (let at = range.fromMs; at < range.toMs;) {
    const start = floorTo(at, rowMs)
    const end = Math.min(range.toMs, start + rowMs)
    const [from, to] = [(at - start) / slotMs, (end - start) / slotMs]
    if (!Number.isInteger(from) || !Number.isInteger(to))
      throw new RangeError(
        `no rows are fine enough for ${new Date(at).toISOString()} to ${new Date(end).toISOString()}`,
      )
    pieces.push({ start, bucket, from, to })
    at = end
  }
}

function readsOf(size: RollupRows['size'], pieces: readonly Piece[]): RollupRows[] {
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

/**
 * Joins two pieces of one row if the second continues where the first ends and belongs to the next bucket.
 */
function inPairs(pieces: readonly Piece[]): (Piece & { end: number })[] {
  const pairs: (Piece & { end: number })[] = []
  for (const piece of pieces) {
    const last = pairs.at(-1)
    if (last?.start === piece.start && last.to === piece.from) last.end = piece.to
    else pairs.push({ ...piece, end: piece.to })
  }
  return pairs
}

function eachSlot(size: RollupRows['size'], pieces: readonly Piece[]): RollupRows {
  const rows = {
    kind: 'each' as const,
    size,
    starts: [] as number[],
    slots: [] as number[],
    buckets: [] as number[],
  }
  for (const { start, bucket, from, to } of pieces) {
    for (let slot = from; slot < to; slot++) {
      rows.starts.push(start)
      rows.slots.push(slot)
      rows.buckets.push(bucket)
    }
  }
  return rows
}
