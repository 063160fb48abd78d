import { Temporal } from 'temporal-polyfill'
import type { CalendarBucket, ClockBucket, Weekday } from './calendar.ts'
import { bucketMs, type TimeBucket } from './bucket.ts'
import { DAY_MS } from './period.ts'

/** No day, week, month, quarter or year is shorter by the calendar. */
const LEAST_MS = {
  ...{ day: DAY_MS, week: 7 * DAY_MS },
  ...{ month: 28 * DAY_MS, quarter: 90 * DAY_MS, year: 365 * DAY_MS },
}
/** How many more buckets to take on each side, for clocks that skip or repeat days. */
const MARGIN = 3

const zoned = (ms: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)

/**
 * The buckets of a range by the days and clock changes of Temporal, for tests. It shares no code with the
 * calendar.
 */
export function referenceBuckets(
  timeZone: string,
  bucket: CalendarBucket,
  range: TimeBucket,
  weekStart: Weekday = 1,
): TimeBucket[] {
  const isDate = bucket !== 'minute' && bucket !== 'hour'
  const starts = isDate
    ? dateStarts(timeZone, bucket, range, weekStart)
    : clockStarts(timeZone, bucketMs[bucket], range)
  const within = starts.filter((ms) => ms > range.fromMs && ms < range.toMs)
  const edges = [...new Set([range.fromMs, ...within, range.toMs])].sort((a, b) => a - b)
  return edges.slice(1).map((toMs, i) => ({ fromMs: edges[i] ?? NaN, toMs }))
}

/** Where the first dates of buckets begin according to Temporal; more than the range holds. */
function dateStarts(
  timeZone: string,
  bucket: Exclude<CalendarBucket, ClockBucket>,
  { fromMs, toMs }: TimeBucket,
  weekStart: Weekday,
): number[] {
  const date = zoned(fromMs, timeZone).toPlainDate()
  const first = {
    day: date,
    week: date.subtract({ days: (date.dayOfWeek - weekStart + 7) % 7 }),
    month: date.with({ day: 1 }),
    quarter: date.with({ day: 1, month: Math.floor((date.month - 1) / 3) * 3 + 1 }),
    year: date.with({ day: 1, month: 1 }),
  }[bucket]
  const [unit, units] = bucket === 'quarter' ? ['months', 3] : [`${bucket}s`, 1]
  const count = Math.ceil((toMs - fromMs) / LEAST_MS[bucket]) + 2 * MARGIN
  return Array.from({ length: count }, (_, i) => first.add({ [unit]: (i - MARGIN) * units })).map(
    (start) => start.toZonedDateTime(timeZone).epochMilliseconds,
  )
}

/** Full minutes or hours of the clock, and the moments at which the clock changes. */
function clockStarts(timeZone: string, sizeMs: number, { fromMs, toMs }: TimeBucket): number[] {
  const starts: number[] = []
  for (let at = fromMs; at < toMs;) {
    const offsetMs = zoned(at, timeZone).offsetNanoseconds / 1e6
    const change = changeAfter(timeZone, at)
    const end = Math.min(change ?? Infinity, toMs)
    for (let ms = Math.ceil((at + offsetMs) / sizeMs) * sizeMs - offsetMs; ms < end; ms += sizeMs)
      starts.push(ms)
    if (end === change) starts.push(change)
    at = end
  }
  return starts
}

/** The next change of a zone's clock after a moment, Unix milliseconds; null if it never changes again. */
export function changeAfter(timeZone: string, ms: number): number | null {
  for (let at = zoned(ms, timeZone); ;) {
    const change = at.getTimeZoneTransition('next')
    if (change === null) return null
    if (change.offsetNanoseconds !== at.offsetNanoseconds) return change.epochMilliseconds
    at = change
  }
}

/** A generator (mulberry32) of numbers in [0, 1), uniform, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
