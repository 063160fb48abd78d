import { type Calendar, type CalendarBucket, type ClockBucket, isClock } from './calendar.ts'
import { bucketMs, floorTo, type TimeBucket } from './bucket.ts'
import { DAY_MS } from './period.ts'

/** The buckets of the period before, in order of time and without overlap. */
export type PeriodBefore = {
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
  const starts = startsBefore(calendar, bucket, fromMs, count)
  const before = starts.slice(1).map((end, i) => ({ fromMs: starts[i] ?? 0, toMs: end }))
  const buckets = before.map((one) => ({ ...one }))
  const [first, last] = [buckets[0], buckets.at(-1)]
  const lastStart = calendar.startOf(bucket, toMs - 1)
  const isCut = toMs < calendar.endOf(bucket, toMs - 1)
  if (last !== undefined && isCut)
    last.toMs = samePlace(calendar, bucket, { ms: toMs, startMs: lastStart }, last)
  if (first !== undefined) {
    const [startMs = fromMs] = starts.slice(-1)
    first.fromMs = Math.min(
      first.toMs,
      samePlace(calendar, bucket, { ms: fromMs, startMs }, before[0] ?? first),
    )
  }
  return { buckets, beside: buckets.map((_, place) => place) }
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
const dateOf = (wallMs: number): number => floorTo(wallMs, DAY_MS)

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

function daysBefore(
  calendar: Calendar,
  bucket: ClockBucket,
  { fromMs }: TimeBucket,
  current: { days: readonly number[]; buckets: readonly TimeBucket[] },
): PeriodBefore {
  const days = startsBefore(calendar, 'day', fromMs, current.days.length - 1)
  const [startMs = fromMs, endMs = fromMs] = [days[0], days[1]]
  const from = samePlace(
    calendar,
    'day',
    { ms: fromMs, startMs: days.at(-1) ?? fromMs },
    { fromMs: startMs, toMs: endMs },
  )
  const buckets = calendar.buckets(bucket, { fromMs: from, toMs: fromMs }, Infinity)
  const places = new Map(timesOfClock(calendar, bucket, days, buckets).map((time, place) => [time, place]))
  const times = timesOfClock(calendar, bucket, current.days, current.buckets)
  return { buckets, beside: times.map((time) => places.get(time) ?? null) }
}

/**
 * Identifies each bucket by the day that the clock shows, the time of day, and its number among the buckets
 * of that time.
 */
function timesOfClock(
  { wall }: Calendar,
  bucket: ClockBucket,
  days: readonly number[],
  buckets: readonly TimeBucket[],
): string[] {
  const dayByDate = new Map(days.map((start, day) => [dateOf(wall(start)), day]))
  const seen = new Map<number, number>()
  return buckets.map(({ fromMs }) => {
    const time = floorTo(wall(fromMs), bucketMs[bucket])
    const date = dateOf(time)
    const nth = (seen.get(time) ?? 0) + 1
    seen.set(time, nth)
    // A date that is none of the days stands for itself, so that it equals no index of a day.
    return `${dayByDate.get(date) ?? `on ${date}`} ${time - date} ${nth}`
  })
}
