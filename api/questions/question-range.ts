import { LRUCache } from 'lru-cache'
import {
  type Calendar,
  type CalendarBucket,
  createCalendar,
  type Weekday,
} from '../../domain/time/calendar.ts'
import { bucketMs, type TimeBucket } from '../../domain/time/bucket.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { type Moment, momentMs } from '../../domain/time/moment.ts'
import { limits, checkBeforeNow, checkMinute, checkSince1970, wholeMinutes } from '../context/limits.ts'
import { AnswerTooLargeError, InvalidRangeError } from '../context/errors.ts'

/** A range of time in buckets of a calendar: at least one, and at most the cap. */
type QuestionRange = {
  calendar: Calendar
  bucket: CalendarBucket
  fromMs: number
  toMs: number
  buckets: TimeBucket[]
}

/** How many buckets a question without `from` goes back: as many as a chart usually shows. */
const DEFAULT_BUCKETS: Record<CalendarBucket, number> = {
  ...{ minute: 60, hour: 24, day: 30, week: 12 },
  ...{ month: 12, quarter: 8, year: 5 },
}

/** The mean length of a year, over the 400 years of the Gregorian calendar. */
const YEAR_MS = (146_097 / 400) * bucketMs.day
/** Mean lengths, for an estimate of the buckets of a range. */
const MEAN_MS: Record<CalendarBucket, number> = {
  ...bucketMs,
  week: 7 * bucketMs.day,
  month: YEAR_MS / 12,
  quarter: YEAR_MS / 4,
  year: YEAR_MS,
}

type RangeArgs = {
  from?: Moment | null | undefined
  to?: Moment | null | undefined
  timeZone?: string | null | undefined
  weekStart?: Weekday | null | undefined
}

/**
 * The range that a question asks for, in buckets. `to` defaults to the end of the current bucket, `from` to
 * some buckets before `to`, the time zone to UTC, the first day of weeks to Monday. Dates are of the time zone.
 * @throws {InvalidRangeError} if the range is empty, before 1970 or not on whole minutes, or the time zone
 *   does not exist
 * @throws {AnswerTooLargeError} if the range has more buckets than the cap
 */
export function questionRange(
  bucket: CalendarBucket,
  { from, to, timeZone, weekStart }: RangeArgs,
  nowMs: number,
): QuestionRange {
  const calendar = calendarOf(timeZone ?? 'UTC', weekStart ?? 1)
  for (const [name, moment] of [['to', to] as const, ['from', from] as const])
    if (moment instanceof Date) checkMinute(name, moment.getTime())
  const toMs = to ? momentMs(to, calendar) : calendar.endOf(bucket, nowMs)
  const fromMs = from ? momentMs(from, calendar) : calendar.shift(bucket, toMs, -DEFAULT_BUCKETS[bucket])
  if (!to) checkBeforeNow(fromMs, toMs)
  checkSince1970('from', fromMs)
  checkClock(calendar, [fromMs, toMs])
  const range = wholeMinutes({ fromMs, toMs })
  const buckets = calendar.buckets(bucket, range, limits.buckets + 1)
  if (buckets.length > limits.buckets) throw tooManyBuckets(bucket, range)
  checkClock(calendar, edgesOf(buckets))
  return { calendar, bucket, ...range, buckets }
}

function tooManyBuckets(bucket: CalendarBucket, { fromMs, toMs }: TimeBucket): AnswerTooLargeError {
  const asked = Math.max(limits.buckets + 1, Math.ceil((toMs - fromMs) / MEAN_MS[bucket]))
  const advice = bucket === 'year' ? 'a shorter range' : 'a shorter range or a coarser bucket'
  return new AnswerTooLargeError(
    `the range has ${asked} ${bucket}s, more than the cap of ${limits.buckets}: ask for ${advice}`,
    { argument: 'bucket', cap: limits.buckets, asked },
  )
}

export const edgesOf = (buckets: readonly TimeBucket[]) =>
  buckets.flatMap(({ fromMs, toMs }) => [fromMs, toMs])

/**
 * Counts are kept by whole minutes of UTC. Since 1970 one clock was not on them: that of Africa/Monrovia,
 * until 7 January 1972.
 * @param edges where buckets begin and end, Unix milliseconds
 * @throws {InvalidRangeError} if an edge is not on a whole minute
 */
export function checkClock({ timeZone }: Calendar, edges: readonly number[]): void {
  const odd = edges.find((ms) => ms % bucketMs.minute !== 0)
  if (odd === undefined) return
  throw new InvalidRangeError(
    `a bucket of ${timeZone} would begin or end at ${isoTime(odd)}, and counts are kept by whole minutes of UTC: ask with ` +
      'timeZone "UTC", or for a later range',
    'timeZone',
  )
}

/**
 * How many calendars are kept. Clients may ask for any spelling of a time zone, and each calendar keeps some
 * thousand days.
 */
const MAX_CALENDARS = 100
const calendars = new LRUCache<string, Calendar>({ max: MAX_CALENDARS })

/** @throws {InvalidRangeError} if there is no such time zone */
export function calendarOf(timeZone: string, weekStart: Weekday): Calendar {
  const key = `${timeZone} ${weekStart}`
  const known = calendars.get(key)
  if (known !== undefined) return known
  try {
    const calendar = createCalendar(timeZone, weekStart)
    calendars.set(key, calendar)
    return calendar
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InvalidRangeError(
      `there is no time zone ${JSON.stringify(timeZone)}: use a name of the IANA database, such as Europe/Berlin, America/New_York or UTC`,
      'timeZone',
    )
  }
}
