import type { TimeBucket } from '../time/bucket.ts'
import { type Calendar, type CalendarBucket, isClock } from '../time/calendar.ts'
import { DAY_MS } from '../time/period.ts'
import { besides, cutAlike, dateOf, periodBefore, rangeBefore, timesOfClock } from '../time/period-before.ts'

/**
 * What to compare with: the range right before, the same time of the clock some days or a year earlier, or a
 * range that begins at a moment (Unix milliseconds).
 */
export type Comparison =
  { kind: 'previous' } | { kind: 'days'; days: number } | { kind: 'year' } | { kind: 'from'; fromMs: number }

/** A range in buckets of a calendar; without buckets if `bucket` is null. */
export type BucketedRange = TimeBucket & {
  calendar: Calendar
  bucket: CalendarBucket | null
  buckets: readonly TimeBucket[]
}

/**
 * A range to compare with. `spans` has the one to compare each bucket with, which is empty if the clock or
 * the calendar has none. They may overlap: 28 and 29 February are both compared with 28 February.
 */
export type ComparedRange = TimeBucket & { spans: TimeBucket[] }

/** The range that a comparison stands for, beside another one. */
export function comparedRange(asked: BucketedRange, comparison: Comparison): ComparedRange {
  if (comparison.kind === 'previous') return previous(asked)
  if (comparison.kind === 'days') return movedBy(asked, (date) => date - comparison.days * DAY_MS)
  if (comparison.kind === 'year') return movedBy(asked, yearBefore)
  return beginningAt(asked, comparison.fromMs)
}

const nothingAt = (ms: number): TimeBucket => ({ fromMs: ms, toMs: ms })

function previous({ calendar, bucket, buckets, ...range }: BucketedRange): ComparedRange {
  if (bucket === null) return { ...rangeBefore(calendar, range), spans: [] }
  const before = periodBefore(calendar, bucket, buckets)
  const fromMs = before.buckets[0]?.fromMs ?? range.fromMs
  const spans = before.beside.map((place) => before.buckets[place ?? -1] ?? nothingAt(fromMs))
  return { fromMs, toMs: before.buckets.at(-1)?.toMs ?? fromMs, spans }
}

/** A date as the Unix milliseconds of its midnight in UTC. */
type DateMs = number

/** The same dates in another place of the calendar, at the same times of the clock. */
function movedBy(
  { calendar, bucket, buckets, fromMs, toMs }: BucketedRange,
  move: (date: DateMs) => DateMs,
): ComparedRange {
  const moved = (span: TimeBucket): TimeBucket => {
    const start = startMoved(calendar, span.fromMs, move)
    const isOfMonths = beginsMonth(calendar, span.fromMs) && beginsMonth(calendar, span.toMs)
    const end = (isOfMonths ? startMoved : endMoved)(calendar, span.toMs, move)
    return { fromMs: start, toMs: Math.max(start, end) }
  }
  const range = moved({ fromMs, toMs })
  if (bucket === null || !isClock(bucket)) return { ...range, spans: buckets.map(moved) }
  const others = calendar.buckets(bucket, range, Infinity)
  const beside = besides(
    timesOfClock(calendar, bucket, buckets, move),
    timesOfClock(calendar, bucket, others, (date) => date),
  )
  return { ...range, spans: beside.map((place) => others[place ?? -1] ?? nothingAt(range.fromMs)) }
}

/** Where the clock stands: the date of the day, and how far into it; 0 where the day begins. */
function clockAt({ wall, startOf }: Calendar, ms: number): { date: DateMs; timeMs: number } {
  const date = dateOf(wall(ms))
  return { date, timeMs: startOf('day', ms) === ms ? 0 : wall(ms) - date }
}

function startMoved(calendar: Calendar, ms: number, move: (date: DateMs) => DateMs): number {
  const { date, timeMs } = clockAt(calendar, ms)
  return calendar.momentOf(move(date) + timeMs)
}

/** Whole months are moved as such: February has its 29th in a leap year, whatever it is compared with. */
const beginsMonth = (calendar: Calendar, ms: number): boolean => calendar.startOf('month', ms) === ms

/** An end at midnight ends its last day: that day is moved, so that it stays whole. */
function endMoved(calendar: Calendar, ms: number, move: (date: DateMs) => DateMs): number {
  if (clockAt(calendar, ms).timeMs !== 0) return startMoved(calendar, ms, move)
  const { date } = clockAt(calendar, calendar.startOf('day', ms - 1))
  return calendar.momentOf(move(date) + DAY_MS)
}

/** The same date a year earlier; 28 February for the 29th. */
function yearBefore(date: DateMs): DateMs {
  const at = new Date(date)
  const month = at.getUTCMonth()
  at.setUTCFullYear(at.getUTCFullYear() - 1)
  return at.getUTCMonth() === month ? at.getTime() : at.getTime() - DAY_MS
}

/**
 * As many buckets from a moment on: those of the calendar if a bucket begins there and at the start of the
 * range, else the same dates, or spans of the same length if it is at another time of the clock.
 */
function beginningAt(asked: BucketedRange, fromMs: number): ComparedRange {
  const { calendar, bucket, buckets } = asked
  const begins = (ms: number) => bucket !== null && calendar.startOf(bucket, ms) === ms
  if (bucket !== null && !isClock(bucket) && begins(fromMs) && begins(asked.fromMs)) {
    const starts = [fromMs]
    while (starts.length <= buckets.length) starts.push(calendar.endOf(bucket, starts.at(-1) ?? fromMs))
    const spans = cutAlike(calendar, bucket, asked, starts)
    return { fromMs, toMs: spans.at(-1)?.toMs ?? fromMs, spans }
  }
  const [from, to] = [clockAt(calendar, asked.fromMs), clockAt(calendar, fromMs)]
  if (from.timeMs === to.timeMs) return movedBy(asked, (date) => date - from.date + to.date)
  const later = ({ fromMs: start, toMs: end }: TimeBucket) => ({
    fromMs: start - asked.fromMs + fromMs,
    toMs: end - asked.fromMs + fromMs,
  })
  return { ...later(asked), spans: buckets.map(later) }
}
