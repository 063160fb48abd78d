import { LRUCache } from 'lru-cache'
import { type Calendar, type CalendarBucket, createCalendar } from '../../domain/time/calendar.ts'
import { bucketMs, type TimeBucket } from '../../domain/time/bucket.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { type PeriodBefore, periodBefore } from '../../domain/time/period-before.ts'
import { limits, checkMinute, checkSince1970, wholeMinutes } from '../context/limits.ts'
import { InvalidRangeError, RangeTooLargeError } from '../context/errors.ts'

/** A range of time in buckets of a calendar: at least one, and at most the cap. */
export type QuestionRange = {
  calendar: Calendar
  bucket: CalendarBucket
  fromMs: number
  toMs: number
  buckets: TimeBucket[]
}

/** How many buckets a question without `from` goes back: as many as a chart usually shows. */
const DEFAULT_BUCKETS: Record<CalendarBucket, number> = { minute: 60, hour: 24, day: 30, week: 12, month: 12 }

/**
 * Mean lengths, for an estimate of the buckets of a range; that of a month is of 400 years of the Gregorian
 * calendar.
 */
const MEAN_MS: Record<CalendarBucket, number> = {
  ...bucketMs,
  week: 7 * bucketMs.day,
  month: (146_097 / 4_800) * bucketMs.day,
}

type RangeArgs = {
  from?: Date | null | undefined
  to?: Date | null | undefined
  timeZone?: string | null | undefined
}

/**
 * The range that a question asks for, in buckets. `to` defaults to the end of the current bucket, `from` to
 * some buckets before `to`, the time zone to UTC.
 * @throws {InvalidRangeError} if the range is empty, before 1970 or not on whole minutes, or the time zone
 *   does not exist
 * @throws {RangeTooLargeError} if the range has more buckets than the cap
 */
export function questionRange(
  bucket: CalendarBucket,
  { from, to, timeZone }: RangeArgs,
  nowMs: number,
): QuestionRange {
  const calendar = calendarOf(timeZone ?? 'UTC')
  for (const [name, moment] of [['to', to] as const, ['from', from] as const])
    if (moment) checkMinute(name, moment.getTime())
  const toMs = to?.getTime() ?? calendar.endOf(bucket, nowMs)
  const fromMs = from?.getTime() ?? calendar.shift(bucket, toMs, -DEFAULT_BUCKETS[bucket])
  if (!to && fromMs >= toMs)
    throw new InvalidRangeError(
      `from must be before to, which is ${isoTime(toMs)} when it is left out: give to as well`,
    )
  checkSince1970('from', fromMs)
  checkClock(calendar, [fromMs, toMs])
  const range = wholeMinutes({ fromMs, toMs })
  const buckets = calendar.buckets(bucket, range, limits.buckets + 1)
  if (buckets.length > limits.buckets) throw tooManyBuckets(bucket, range)
  checkClock(calendar, edgesOf(buckets))
  return { calendar, bucket, ...range, buckets }
}

function tooManyBuckets(bucket: CalendarBucket, { fromMs, toMs }: TimeBucket): RangeTooLargeError {
  const asked = Math.max(limits.buckets + 1, Math.ceil((toMs - fromMs) / MEAN_MS[bucket]))
  const advice = bucket === 'month' ? 'a shorter range' : 'a shorter range or a coarser bucket'
  return new RangeTooLargeError(
    `${asked} buckets of a ${bucket} are more than the cap of ${limits.buckets}: ask for ${advice}`,
    limits.buckets,
    asked,
  )
}

/**
 * The previous period of a range (domain/time/period-before.ts).
 * @throws {InvalidRangeError} if it begins before 1970, or the clock of the time zone was not on whole
 *   minutes then
 */
export function questionBefore({ calendar, bucket, fromMs, buckets }: QuestionRange): PeriodBefore {
  if (calendar.shift(bucket, fromMs, -buckets.length) < 0)
    throw new InvalidRangeError(
      'the period before would begin before 1970, and no login is from then: leave previous out, or ask for a later range',
    )
  const before = periodBefore(calendar, bucket, buckets)
  checkClock(calendar, edgesOf(before.buckets))
  return before
}

const edgesOf = (buckets: readonly TimeBucket[]) => buckets.flatMap(({ fromMs, toMs }) => [fromMs, toMs])

/**
 * Counts are kept by whole minutes of UTC. Since 1970 one clock was not on them: that of Africa/Monrovia,
 * until 7 January 1972.
 * @param edges where buckets begin and end, Unix milliseconds
 * @throws {InvalidRangeError} if an edge is not on a whole minute
 */
function checkClock({ timeZone }: Calendar, edges: readonly number[]): void {
  const odd = edges.find((ms) => ms % bucketMs.minute !== 0)
  if (odd === undefined) return
  throw new InvalidRangeError(
    `a bucket of ${timeZone} would begin or end at ${isoTime(odd)}, and counts are kept by whole minutes of UTC: ask with ` +
      'timeZone "UTC", or for a later range',
  )
}

/**
 * How many calendars are kept. Clients may ask for any spelling of a time zone, and each calendar keeps some
 * thousand days.
 */
const MAX_CALENDARS = 100
const calendars = new LRUCache<string, Calendar>({ max: MAX_CALENDARS })

/** @throws {InvalidRangeError} if there is no such time zone */
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
