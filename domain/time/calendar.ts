import { bucketMs, type BucketSize, type TimeBucket } from './bucket.ts'
import { DAY_MS, type Period } from './period.ts'
import { type ZoneOffsets, zoneOffsets } from './zone-offsets.ts'

export type CalendarBucket = BucketSize | Period
export type ClockBucket = Exclude<BucketSize, 'day'>
type DateBucket = Period

/** Wall-clock time of a zone, as the Unix milliseconds of the same time in UTC. */
type WallMs = number

/**
 * A calendar of an IANA time zone, exact to the second. Weeks begin on Monday (ISO 8601). Moments are Unix
 * milliseconds.
 *
 * Days, weeks and months begin at the first moment at which the clock shows their first date, or a later date
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
  /** Weekday (1 is Monday, 7 is Sunday) and hour (0 to 23) of the clock. */
  weekHour: (ms: number) => { weekday: number; hour: number }
}

/** @throws {RangeError} the time zone does not exist */
export function createCalendar(timeZone: string): Calendar {
  const offsets = zoneOffsets(timeZone)
  const wall = (ms: number): WallMs => ms + offsets.at(ms)

  const momentOf = (wallMs: WallMs): number => firstMomentOf(offsets, wallMs)

  /** The first date of the bucket that contains a moment. */
  const dateOf = (bucket: DateBucket, ms: number): WallMs => {
    let date = startOfWall(bucket, wall(ms))
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
      return { weekday: ((at.getUTCDay() + 6) % 7) + 1, hour: at.getUTCHours() }
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

function startOfWall(bucket: DateBucket, wallMs: WallMs): WallMs {
  const at = new Date(wallMs)
  const day = at.getUTCDate()
  const first = { day, week: day - ((at.getUTCDay() + 6) % 7), month: 1 }[bucket]
  return utc(at.getUTCFullYear(), at.getUTCMonth(), first)
}

function shiftWall(bucket: DateBucket, wallMs: WallMs, count: number): WallMs {
  if (bucket !== 'month') return wallMs + count * (bucket === 'day' ? 1 : 7) * DAY_MS
  const at = new Date(wallMs)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + count]
  const lastDay = new Date(utc(year, month + 1, 0)).getUTCDate()
  return utc(year, month, Math.min(at.getUTCDate(), lastDay)) + mod(wallMs, DAY_MS)
}

/** Date.UTC would take the years 0 to 99 for 1900 to 1999. */
const utc = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month, day)

const mod = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor
