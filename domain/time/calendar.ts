import { bucketMs, type BucketSize, type TimeBucket } from './bucket.ts'
import { DAY_MS, type Period } from './period.ts'
import { type ZoneOffsets, zoneOffsets } from './zone-offsets.ts'

export type CalendarBucket = BucketSize | Period | 'quarter' | 'year'
export type ClockBucket = Exclude<BucketSize, 'day'>
type DateBucket = Exclude<CalendarBucket, ClockBucket>

/** A day of the week by ISO 8601: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** Wall-clock time of a zone, as the Unix milliseconds of the same time in UTC. */
type WallMs = number

/**
 * A calendar of an IANA time zone, exact to the second. Weeks begin on the weekday that it was made with.
 * Moments are Unix milliseconds.
 *
 * Days, weeks, months, quarters and years begin at the first moment at which the clock shows their first date, or a later date
 * if it skips that one (like startOfDay of Temporal and atStartOfDay of java.time). So they follow each other
 * without a gap, whatever the clock does: a day that it skips is no bucket. Where it falls back over
 * midnight, the time of the day before that it shows again is part of the new day. Hours begin on the hour of
 * the clock and wherever the clock changes: an hour that it repeats is two buckets, one that it skips is
 * none.
 */
export type Calendar = {
  timeZone: string
  /** What the clock shows at a moment, as the Unix milliseconds of the same time in UTC. */
  wall: (ms: number) => WallMs
  /** The first moment at which the clock shows this time or a later one. */
  momentOf: (wallMs: WallMs) => number
  /** Start of the bucket that contains a moment. */
  startOf: (bucket: CalendarBucket, ms: number) => number
  /** End of the bucket that contains a moment; always after the moment. */
  endOf: (bucket: CalendarBucket, ms: number) => number
  /** The first `most` buckets of [fromMs, toMs). The range cuts the first and the last bucket. */
  buckets: (bucket: CalendarBucket, range: TimeBucket, most: number) => TimeBucket[]
  /**
   * The same wall-clock time `count` buckets later. A day that the month does not have becomes its last one.
   */
  shift: (bucket: CalendarBucket, ms: number, count: number) => number
  /** Weekday and hour (0 to 23) of the clock. */
  weekHour: (ms: number) => { weekday: Weekday; hour: number }
}

/**
 * @param weekStart the first day of weeks
 * @throws {RangeError} the time zone does not exist
 */
export function createCalendar(timeZone: string, weekStart: Weekday = 1): Calendar {
  const offsets = zoneOffsets(timeZone)
  const wall = (ms: number): WallMs => ms + offsets.at(ms)

  const momentOf = (wallMs: WallMs): number => firstMomentOf(offsets, wallMs)

  /** The first date of the bucket that contains a moment. */
  const dateOf = (bucket: DateBucket, ms: number): WallMs => {
    let date = startOfWall(bucket, wall(ms), weekStart)
    // A clock that fell back may show a date that is over.
    for (let next = shiftWall(bucket, date, 1); momentOf(next) <= ms; next = shiftWall(bucket, date, 1))
      date = next
    return date
  }

  const startOf = (bucket: CalendarBucket, ms: number): number => {
    if (!isClock(bucket)) return momentOf(dateOf(bucket, ms))
    const start = ms - mod(wall(ms), bucketMs[bucket])
    return offsets.changeBefore(ms, start) ?? start
  }
  const endOf = (bucket: CalendarBucket, ms: number): number => {
    if (!isClock(bucket)) return momentOf(shiftWall(bucket, dateOf(bucket, ms), 1))
    const end = ms - mod(wall(ms), bucketMs[bucket]) + bucketMs[bucket]
    return offsets.changeAfter(ms, end) ?? end
  }

  return {
    ...{ timeZone, wall, momentOf, startOf, endOf },
    buckets: (bucket, range, most) => cutRange(range, most, (ms) => endOf(bucket, ms)),
    shift(bucket, ms, count) {
      if (isClock(bucket)) return ms + count * bucketMs[bucket]
      return momentOf(shiftWall(bucket, wall(ms), count))
    },
    weekHour(ms) {
      const at = new Date(wall(ms))
      return { weekday: (mod(at.getUTCDay() - 1, 7) + 1) as Weekday, hour: at.getUTCHours() }
    },
  }
}

function firstMomentOf(offsets: ZoneOffsets, wallMs: WallMs): number {
  // Offsets are less than a day, so the clock shows this time within a day.
  const lastMs = wallMs + DAY_MS
  for (let at = wallMs - DAY_MS; ;) {
    const moment = Math.max(at, wallMs - offsets.at(at))
    const change = offsets.changeAfter(at, lastMs)
    if (change === null || moment < change) return moment
    at = change
  }
}

function cutRange({ fromMs, toMs }: TimeBucket, most: number, endOf: (ms: number) => number): TimeBucket[] {
  const buckets: TimeBucket[] = []
  for (let at = fromMs; at < toMs && buckets.length < most;) {
    const end = Math.min(toMs, endOf(at))
    buckets.push({ fromMs: at, toMs: end })
    at = end
  }
  return buckets
}

export const isClock = (bucket: CalendarBucket): bucket is ClockBucket =>
  bucket === 'minute' || bucket === 'hour'

const monthsOf = { month: 1, quarter: 3, year: 12 }

function startOfWall(bucket: DateBucket, wallMs: WallMs, weekStart: Weekday): WallMs {
  const at = new Date(wallMs)
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  if (bucket === 'day') return utc(year, month, day)
  if (bucket === 'week') return utc(year, month, day - mod(at.getUTCDay() - weekStart, 7))
  return utc(year, month - (month % monthsOf[bucket]), 1)
}

function shiftWall(bucket: DateBucket, wallMs: WallMs, count: number): WallMs {
  if (bucket === 'day' || bucket === 'week') return wallMs + count * (bucket === 'day' ? 1 : 7) * DAY_MS
  const at = new Date(wallMs)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + count * monthsOf[bucket]]
  const lastDay = new Date(utc(year, month + 1, 0)).getUTCDate()
  return utc(year, month, Math.min(at.getUTCDate(), lastDay)) + mod(wallMs, DAY_MS)
}

/** Date.UTC would take the years 0 to 99 for 1900 to 1999. */
const utc = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month, day)

const mod = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor
