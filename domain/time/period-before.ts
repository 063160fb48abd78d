import { type Calendar, type CalendarBucket, type ClockBucket, isClock } from './calendar.ts'
import { bucketMs, floorTo, type TimeBucket } from './bucket.ts'
import { DAY_MS } from './period.ts'

/** The buckets of the period before, in order of time and without overlap. */
type PeriodBefore = {
  buckets: TimeBucket[]
  /** For each bucket of the range, the index of the bucket to compare it with; null if there is none. */
  beside: readonly (number | null)[]
}

/**
 * The period before a range.
 * - If the range is whole days by the clock, cut into minutes or hours, the period before is as many days.
 *   Each bucket stands beside the one at the same time of the clock; a time that only one of the two days has
 *   stands alone.
 * - Otherwise it is as many buckets, those that the calendar has before the first one, in the same order.
 *   Where the range cuts a bucket, its counterpart is cut as well.
 *
 * @param buckets buckets of the range, at least one
 */
export function periodBefore(
  calendar: Calendar,
  bucket: CalendarBucket,
  buckets: readonly TimeBucket[],
): PeriodBefore {
  const range = { fromMs: buckets[0]?.fromMs ?? 0, toMs: buckets.at(-1)?.toMs ?? 0 }
  const days = isClock(bucket) ? wholeDays(calendar, range) : null
  if (!isClock(bucket) || days === null) return bucketsBefore(calendar, bucket, range, buckets.length)
  return daysBefore(calendar, bucket, range, { days, buckets })
}

/** Starts of the bucket that contains a moment and of the `count` buckets before it, in order. */
function startsBefore({ startOf }: Calendar, bucket: CalendarBucket, ms: number, count: number): number[] {
  const starts = [startOf(bucket, ms)]
  for (let i = 0; i < count; i++) starts.push(startOf(bucket, (starts[i] ?? 0) - 1))
  return starts.reverse()
}

function bucketsBefore(
  calendar: Calendar,
  bucket: CalendarBucket,
  { fromMs, toMs }: TimeBucket,
  count: number,
): PeriodBefore {
  const buckets = cutAlike(calendar, bucket, { fromMs, toMs }, startsBefore(calendar, bucket, fromMs, count))
  return { buckets, beside: buckets.map((_, place) => place) }
}

/**
 * Buckets that follow each other, the first and the last of them cut where a range cuts its own.
 * @param starts where the buckets begin, and where the last one ends
 */
export function cutAlike(
  calendar: Calendar,
  bucket: CalendarBucket,
  { fromMs, toMs }: TimeBucket,
  starts: readonly number[],
): TimeBucket[] {
  const whole = starts.slice(1).map((end, i) => ({ fromMs: starts[i] ?? 0, toMs: end }))
  const buckets = whole.map((one) => ({ ...one }))
  const [first, last] = [buckets[0], buckets.at(-1)]
  const isCut = toMs < calendar.endOf(bucket, toMs - 1)
  const lastStart = calendar.startOf(bucket, toMs - 1)
  if (last !== undefined && isCut)
    last.toMs = samePlace(calendar, bucket, { ms: toMs, startMs: lastStart }, last)
  if (first !== undefined)
    first.fromMs = Math.min(
      first.toMs,
      samePlace(
        calendar,
        bucket,
        { ms: fromMs, startMs: calendar.startOf(bucket, fromMs) },
        whole[0] ?? first,
      ),
    )
  return buckets
}

/**
 * The moment as far into the bucket `other` as `ms` is into its own, by the clock; at most the end of
 * `other`.
 */
function samePlace(
  { wall, momentOf }: Calendar,
  bucket: CalendarBucket,
  { ms, startMs }: { ms: number; startMs: number },
  other: TimeBucket,
): number {
  const moment = isClock(bucket)
    ? other.fromMs + (ms - startMs)
    : momentOf(dateOf(wall(other.fromMs)) + wall(ms) - dateOf(wall(startMs)))
  return Math.min(other.toMs, Math.max(other.fromMs, moment))
}

/** The date of a wall-clock time, as midnight. The day itself may begin later. */
export const dateOf = (wallMs: number): number => floorTo(wallMs, DAY_MS)

/**
 * Starts of the days that a range touches, the day of its end included. Null if the range does not begin and
 * end at the same time of the clock, or begins and ends on the same day.
 */
function wholeDays(calendar: Calendar, { fromMs, toMs }: TimeBucket): number[] | null {
  const { wall, startOf } = calendar
  if ((wall(toMs) - wall(fromMs)) % DAY_MS !== 0) return null
  const [first, starts] = [startOf('day', fromMs), [startOf('day', toMs)]]
  for (let at = starts[0] ?? 0; at > first;) starts.push((at = startOf('day', at - 1)))
  return starts.length === 1 ? null : starts.reverse()
}

/**
 * The range right before another one, as long by the clock: as many days if it begins and ends at the same
 * time of the clock, else as many milliseconds.
 */
export function rangeBefore(calendar: Calendar, range: TimeBucket): TimeBucket {
  const days = wholeDays(calendar, range)
  if (days === null) return { fromMs: 2 * range.fromMs - range.toMs, toMs: range.fromMs }
  const before = startsBefore(calendar, 'day', range.fromMs, days.length - 1)
  return { fromMs: sameTimeOf(calendar, range.fromMs, before), toMs: range.fromMs }
}

/**
 * The moment of the first of some days at the time of the clock of `ms`.
 * @param days starts of days in order, the last one that of the day of `ms`
 */
function sameTimeOf(calendar: Calendar, ms: number, days: readonly number[]): number {
  const [startMs = ms, endMs = ms] = [days[0], days[1]]
  return samePlace(calendar, 'day', { ms, startMs: days.at(-1) ?? ms }, { fromMs: startMs, toMs: endMs })
}

function daysBefore(
  calendar: Calendar,
  bucket: ClockBucket,
  { fromMs }: TimeBucket,
  current: { days: readonly number[]; buckets: readonly TimeBucket[] },
): PeriodBefore {
  const days = startsBefore(calendar, 'day', fromMs, current.days.length - 1)
  const range = { fromMs: sameTimeOf(calendar, fromMs, days), toMs: fromMs }
  const buckets = calendar.buckets(bucket, range, Infinity)
  const numbered = (starts: readonly number[]) => {
    const numbers = new Map(starts.map((start, day) => [dateOf(calendar.wall(start)), day]))
    // A date that is none of the days stands for itself, so that it equals no number of a day.
    return (date: number) => numbers.get(date) ?? `on ${date}`
  }
  const times = timesOfClock(calendar, bucket, current.buckets, numbered(current.days))
  return { buckets, beside: besides(times, timesOfClock(calendar, bucket, buckets, numbered(days))) }
}

/** For each time, the index of the equal one among others; null if there is none. */
export function besides(times: readonly string[], others: readonly string[]): (number | null)[] {
  const places = new Map(others.map((time, place) => [time, place]))
  return times.map((time) => places.get(time) ?? null)
}

/**
 * Identifies each bucket by the day that the clock shows, the time of day, and its number among the buckets
 * of that time.
 * @param nameOf names the day of a date, which is given as its midnight in Unix milliseconds of UTC
 */
export function timesOfClock(
  { wall }: Calendar,
  bucket: ClockBucket,
  buckets: readonly TimeBucket[],
  nameOf: (date: number) => string | number,
): string[] {
  const seen = new Map<number, number>()
  return buckets.map(({ fromMs }) => {
    const time = floorTo(wall(fromMs), bucketMs[bucket])
    const date = dateOf(time)
    const nth = (seen.get(time) ?? 0) + 1
    seen.set(time, nth)
    return `${nameOf(date)} ${time - date} ${nth}`
  })
}
