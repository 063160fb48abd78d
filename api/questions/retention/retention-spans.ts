import { dayOf, isoDay } from '../../../domain/time/period.ts'
import { type Calendar, type CalendarBucket, isClock, type Weekday } from '../../../domain/time/calendar.ts'
import { type Moment, momentMs } from '../../../domain/time/moment.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { AnswerTooLargeError, InvalidArgumentError, InvalidRangeError } from '../../context/errors.ts'
import { checkSince1970, emptyRange } from '../../context/limits.ts'
import { calendarOf, checkClock, edgesOf } from '../question-range.ts'

/** Spans of one answer: each cohort is counted in every span since. Days have a lower cap, as they are many. */
export const spanCaps = { day: 35, longer: 60 }

/** How many spans a question without `from` goes back. */
export const DEFAULT_SPANS = 8

export type SpanArgs = {
  from?: Moment | null | undefined
  to?: Moment | null | undefined
  bucket: CalendarBucket
  weekStart: Weekday
  timeZone: string
}

/** Spans by the clock of a time zone, in order of time; the last one ends with the range, or is running. */
type RetentionSpans = { calendar: Calendar; fromMs: number; toMs: number; ranges: TimeBucket[] }

/**
 * The spans of cohorts, as far as they have begun. Without `to` all of them are over.
 * @throws {InvalidArgumentError} if there is no such time zone, or the bucket is shorter than a day
 * @throws {InvalidRangeError} if the range is empty or cuts a bucket, or none of it has begun
 * @throws {AnswerTooLargeError} if there are more of them than the cap
 */
export function retentionSpans({ from, to, bucket, ...zone }: SpanArgs, nowMs: number): RetentionSpans {
  if (isClock(bucket))
    throw new InvalidArgumentError(
      'cohorts are of days or longer: give DAY, WEEK, MONTH, QUARTER or YEAR',
      'bucket',
    )
  const calendar = calendarOf(zone.timeZone, zone.weekStart)
  checkEdges(calendar, bucket, { from, to })
  const running = calendar.startOf(bucket, nowMs)
  const toMs = to ? momentMs(to, calendar) : running
  const fromMs = from
    ? momentMs(from, calendar)
    : calendar.startOf(bucket, calendar.shift(bucket, toMs, -DEFAULT_SPANS))
  checkSince1970('from', fromMs)
  if (fromMs > running)
    throw new InvalidRangeError(
      'from must not be in a bucket that has not begun: give an earlier one',
      'from',
    )
  if (fromMs >= toMs) throw new InvalidRangeError(to ? emptyRange(fromMs, toMs) : NOT_OVER, 'from')
  const ranges = spansOf(calendar, bucket, { fromMs, toMs: Math.min(toMs, calendar.endOf(bucket, nowMs)) })
  checkClock(calendar, edgesOf(ranges))
  return { calendar, fromMs, toMs, ranges }
}

const NOT_OVER = 'the bucket that begins with from is not over: give to as well'

function spansOf(calendar: Calendar, bucket: CalendarBucket, { fromMs, toMs }: TimeBucket): TimeBucket[] {
  const cap = bucket === 'day' ? spanCaps.day : spanCaps.longer
  const spans = calendar.buckets(bucket, { fromMs, toMs }, cap + 1)
  if (spans.length <= cap) return spans
  const instead = bucket === 'year' ? 'a shorter range' : 'a shorter range or a longer bucket'
  throw new AnswerTooLargeError(`the range has more than the cap of ${cap} ${bucket}s: ask for ${instead}`, {
    argument: 'from',
    cap,
  })
}

/** @throws {InvalidRangeError} an edge cuts a bucket; the message names both that do */
function checkEdges(calendar: Calendar, bucket: CalendarBucket, edges: Pick<SpanArgs, 'from' | 'to'>): void {
  const cutting = Object.entries(edges).flatMap(([name, moment]) => {
    const ms = moment ? momentMs(moment, calendar) : null
    if (ms === null || calendar.startOf(bucket, ms) === ms) return []
    const [before, after] = [calendar.startOf(bucket, ms), calendar.endOf(bucket, ms)].map((edge) =>
      isoDay(dayOf(calendar.wall(edge))),
    )
    return [{ name, message: `${name} must be the first day of a ${bucket}: ${before} or ${after}` }]
  })
  const [first] = cutting
  if (first === undefined) return
  throw new InvalidRangeError(cutting.map(({ message }) => message).join('; '), first.name)
}
