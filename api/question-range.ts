import { LRUCache } from 'lru-cache'
import { type Calendar, type CalendarBucket, createCalendar } from '../domain/calendar.ts'
import type { TimeBucket } from '../domain/cover-buckets.ts'
import { caps, wholeMinutes } from './caps.ts'
import { InvalidRangeError, RangeTooLargeError } from './errors.ts'

/** A range of time cut into buckets of a calendar, and the same one so many buckets before. */
export type QuestionRange = {
  calendar: Calendar
  bucket: CalendarBucket
  fromMs: number
  toMs: number
  buckets: TimeBucket[]
}

/** How far back a question goes that does not say: what a chart of such buckets usually shows. */
const DEFAULT_BUCKETS: Record<CalendarBucket, number> = { minute: 60, hour: 24, day: 30, week: 12, month: 12 }

/** Shorter than any bucket is; tells without cutting whether there are too many. */
const LEAST_MS: Record<CalendarBucket, number> = {
  minute: 60_000,
  hour: 30 * 60_000,
  day: 22 * 3_600_000,
  week: 6 * 86_400_000,
  month: 27 * 86_400_000,
}

export type RangeArgs = {
  from?: Date | null | undefined
  to?: Date | null | undefined
  timeZone?: string | null | undefined
}

/**
 * The range asked for: `to` defaults to the end of the bucket that runs, `from` to some buckets before `to`, the time zone
 * to UTC.
 * @throws {InvalidRangeError} empty, not on whole minutes, or of no time zone
 * @throws {RangeTooLargeError}
 */
export function questionRange(
  bucket: CalendarBucket,
  { from, to, timeZone }: RangeArgs,
  nowMs: number,
): QuestionRange {
  const calendar = calendarOf(timeZone ?? 'UTC')
  const toMs = to?.getTime() ?? calendar.shift(bucket, calendar.startOf(bucket, nowMs), 1)
  const fromMs = from?.getTime() ?? calendar.shift(bucket, toMs, -DEFAULT_BUCKETS[bucket])
  const range = wholeMinutes({ fromMs, toMs })
  const least = Math.floor((toMs - fromMs) / LEAST_MS[bucket])
  const buckets = least > 4 * caps.buckets ? [] : calendar.buckets(bucket, range)
  const asked = Math.max(buckets.length, least > 4 * caps.buckets ? least : 0)
  if (asked > caps.buckets) {
    const advice = bucket === 'month' ? 'a shorter range' : 'a shorter range or a coarser bucket'
    throw new RangeTooLargeError(
      `${asked} buckets of a ${bucket} are more than the cap of ${caps.buckets}: ask for ${advice}`,
      caps.buckets,
      asked,
    )
  }
  return { calendar, bucket, ...range, buckets }
}

/** The buckets as many places before, by the clock of the zone: the month before has the days that it has. */
export function periodBefore({ calendar, bucket, buckets }: QuestionRange): TimeBucket[] {
  const back = (ms: number) => calendar.shift(bucket, ms, -buckets.length)
  return buckets.map(({ fromMs, toMs }) => ({ fromMs: back(fromMs), toMs: back(toMs) }))
}

/** A zone has several spellings, so that clients can ask for more than there are zones. */
const MAX_CALENDARS = 1_000
const calendars = new LRUCache<string, Calendar>({ max: MAX_CALENDARS })

/** @throws {InvalidRangeError} */
function calendarOf(timeZone: string): Calendar {
  const known = calendars.get(timeZone)
  if (known !== undefined) return known
  try {
    const calendar = createCalendar(timeZone)
    calendars.set(timeZone, calendar)
    return calendar
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InvalidRangeError(
      `there is no time zone ${JSON.stringify(timeZone)}: use a name of the IANA database, such as Europe/Berlin, America/New_York or UTC`,
    )
  }
}
