import type { TimeBucket } from './cover-buckets.ts'
import { DAY_MS, dayOf } from './period.ts'

export type CalendarBucket = 'minute' | 'hour' | 'day' | 'week' | 'month'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Wall-clock time of a zone, as the Unix milliseconds that it would be in UTC. */
type WallMs = number

/**
 * A calendar of an IANA time zone. Offsets are taken in whole minutes, which all are since 1972; weeks begin on Monday
 * (ISO 8601).
 */
export type Calendar = {
  timeZone: string
  /** Start of the bucket that holds a moment, Unix milliseconds. */
  startOf: (bucket: CalendarBucket, ms: number) => number
  /**
   * The buckets of [fromMs, toMs), the first and the last one cut at the range. A day has 23, 24 or 25 hours where clocks
   * change; an hour that the clock repeats is two buckets, a day that the calendar skips is none.
   */
  buckets: (bucket: CalendarBucket, range: TimeBucket) => TimeBucket[]
  /** The same wall-clock time so many buckets later; the last day of a month stays within a shorter one. */
  shift: (bucket: CalendarBucket, ms: number, count: number) => number
  /** Weekday (1 Monday to 7 Sunday) and hour (0 to 23) of the clock. */
  weekHour: (ms: number) => { weekday: number; hour: number }
}

/** @throws {RangeError} no such time zone */
export function createCalendar(timeZone: string): Calendar {
  const offsetMs = createOffsets(timeZone)
  const wall = (ms: number): WallMs => ms + offsetMs(ms)

  /** The first moment whose wall-clock time is this one; of a time that clocks skip, the moment they do. */
  const momentOf = (wallMs: WallMs): number => {
    const [before, after] = [offsetMs(wallMs - DAY_MS), offsetMs(wallMs + DAY_MS)]
    const candidates = [wallMs - before, wallMs - after].filter((ms) => wall(ms) === wallMs)
    return candidates.length > 0 ? Math.min(...candidates) : wallMs - before
  }

  const startOf = (bucket: CalendarBucket, ms: number): number => {
    if (bucket === 'minute') return ms - mod(ms, MINUTE_MS)
    if (bucket === 'hour') return startOfHour(ms)
    return momentOf(startOfWall(bucket, wall(ms)))
  }
  /** Where clocks change within the hour, by half an hour, a new one starts. */
  const startOfHour = (ms: number): number => {
    const start = ms - mod(wall(ms), HOUR_MS)
    return offsetMs(start) === offsetMs(ms) ? start : firstWithOffsetOf(start, ms)
  }
  const firstWithOffsetOf = (beforeMs: number, ms: number): number => {
    let [low, high] = [Math.floor(beforeMs / MINUTE_MS), Math.floor(ms / MINUTE_MS)]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetMs(middle * MINUTE_MS) === offsetMs(ms)) high = middle
      else low = middle
    }
    return high * MINUTE_MS
  }

  const endOf = (bucket: CalendarBucket, ms: number): number => {
    if (bucket === 'minute') return startOf(bucket, ms) + MINUTE_MS
    if (bucket === 'hour') return endOfHour(ms)
    return momentOf(shiftWall(bucket, startOfWall(bucket, wall(ms)), 1))
  }
  const endOfHour = (ms: number): number => {
    const end = ms - mod(wall(ms), HOUR_MS) + HOUR_MS
    return offsetMs(end - 1) === offsetMs(ms) ? end : firstWithOffsetOf(ms, end - 1)
  }

  return {
    timeZone,
    startOf,
    buckets(bucket, { fromMs, toMs }) {
      const buckets: TimeBucket[] = []
      for (let at = fromMs; at < toMs;) {
        const end = Math.min(toMs, endOf(bucket, at))
        buckets.push({ fromMs: at, toMs: end })
        at = end
      }
      return buckets
    },
    shift(bucket, ms, count) {
      if (bucket === 'minute') return ms + count * MINUTE_MS
      if (bucket === 'hour') return ms + count * HOUR_MS
      return momentOf(shiftWall(bucket, wall(ms), count))
    },
    weekHour(ms) {
      const at = new Date(wall(ms))
      return { weekday: ((at.getUTCDay() + 6) % 7) + 1, hour: at.getUTCHours() }
    },
  }
}

function startOfWall(bucket: 'day' | 'week' | 'month', wallMs: WallMs): WallMs {
  const at = new Date(wallMs)
  const day = at.getUTCDate()
  const first = { day, week: day - ((at.getUTCDay() + 6) % 7), month: 1 }[bucket]
  return utc(at.getUTCFullYear(), at.getUTCMonth(), first)
}

function shiftWall(bucket: 'day' | 'week' | 'month', wallMs: WallMs, count: number): WallMs {
  if (bucket !== 'month') return wallMs + count * (bucket === 'day' ? 1 : 7) * DAY_MS
  const at = new Date(wallMs)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + count]
  const lastDay = new Date(utc(year, month + 1, 0)).getUTCDate()
  return utc(year, month, Math.min(at.getUTCDate(), lastDay)) + mod(wallMs, DAY_MS)
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999. */
const utc = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month, day)

const mod = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor

/** Offset of the zone's clock from UTC at a moment, milliseconds. Most days have one, which is remembered. */
function createOffsets(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', hourCycle: 'h23', era: 'short' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  })
  const ask = (ms: number): number => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year')
    const wallMs =
      utc(year, number('month') - 1, number('day')) + number('hour') * HOUR_MS + number('minute') * MINUTE_MS
    return wallMs - Math.floor(ms / MINUTE_MS) * MINUTE_MS
  }
  const atMidnight = new Map<number, number>()
  const midnight = (day: number): number => {
    const known = atMidnight.get(day)
    if (known !== undefined) return known
    const asked = ask(day * DAY_MS)
    atMidnight.set(day, asked)
    return asked
  }
  return (ms) => {
    const day = dayOf(ms)
    const offset = midnight(day)
    return offset === midnight(day + 1) ? offset : ask(ms)
  }
}
