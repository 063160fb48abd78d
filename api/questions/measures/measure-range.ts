import {
  type BucketedRange,
  type ComparedRange,
  comparedRange,
  type Comparison,
} from '../../../domain/measures/compare.ts'
import { YEAR_10000_MS } from '../../../domain/time/iso-time.ts'
import { type Moment, momentMs } from '../../../domain/time/moment.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import type { CalendarBucket, Weekday } from '../../../domain/time/calendar.ts'
import { InvalidRangeError, AnswerTooLargeError } from '../../context/errors.ts'
import { checkBuckets, checkMinute, checkSince1970, limits, minuteRange } from '../../context/limits.ts'
import { calendarOf, checkClock, edgesOf, questionRange } from '../question-range.ts'

type RangeArgs = {
  from?: Moment | null | undefined
  to?: Moment | null | undefined
  bucket?: CalendarBucket | null | undefined
  timeZone: string
  weekStart: Weekday
}

/**
 * The range that a question asks for. Without `bucket` it is not cut into buckets, and goes back 24 hours
 * from the end of the current minute where `from` and `to` are left out.
 * @throws {InvalidRangeError | AnswerTooLargeError} as questionRange
 */
export function measureRange({ bucket, ...args }: RangeArgs, nowMs: number): BucketedRange {
  if (bucket) return questionRange(bucket, args, nowMs)
  const calendar = calendarOf(args.timeZone, args.weekStart)
  return {
    calendar,
    bucket: null,
    ...minuteRange(args.from ?? null, args.to ?? null, nowMs, calendar),
    buckets: [],
  }
}

/** A span to compare with as clients name it; exactly one is given. */
export type ComparisonArg = {
  span?: SpanName | null | undefined
  daysBefore?: number | null | undefined
  from?: Moment | null | undefined
}

const bySpan = {
  previous: { kind: 'previous' },
  week_before: { kind: 'days', days: 7 },
  four_weeks_before: { kind: 'days', days: 28 },
  year_before: { kind: 'year' },
  year_before_by_weekday: { kind: 'days', days: 364 },
} as const satisfies Record<string, Comparison>

export type SpanName = keyof typeof bySpan

/**
 * The ranges to compare a range with, in the order of `compareTo`.
 * @throws {InvalidRangeError} if one of them begins before 1970, or is not on whole minutes
 * @throws {AnswerTooLargeError} if there are more of them than the cap, or they have more buckets
 */
export function comparedRanges(asked: BucketedRange, compareTo: readonly ComparisonArg[]): ComparedRange[] {
  checkCaps(asked, compareTo.length)
  return compareTo.map((arg, i) => {
    const name = `compareTo[${i}]`
    const comparison = comparisonOf(name, arg, asked)
    // The days of a range without buckets are looked at one by one.
    if (comparison.kind === 'previous' && asked.bucket === null) checkBuckets(asked, 'day')
    const compared = comparedRange(asked, comparison)
    checkSince1970(name, compared.fromMs)
    if (compared.toMs > YEAR_10000_MS)
      throw new InvalidRangeError(`${name} would end after the year 9999: give an earlier moment`, name)
    checkClock(asked.calendar, edgesOf([compared, ...compared.spans]))
    return compared
  })
}

function checkCaps({ buckets }: BucketedRange, comparisons: number): void {
  if (comparisons > limits.comparisons)
    throw new AnswerTooLargeError(
      `compareTo has ${comparisons} spans, more than the cap of ${limits.comparisons}: ask in several requests`,
      { argument: 'compareTo', cap: limits.comparisons, asked: comparisons },
    )
  const all = buckets.length * (1 + comparisons)
  if (comparisons > 0 && all > limits.comparedBuckets)
    throw new AnswerTooLargeError(
      `${buckets.length} buckets beside ${comparisons} others each are ${all}, more than the cap of ${limits.comparedBuckets}: ask for ` +
        'a shorter range, a coarser bucket or fewer comparisons',
      { argument: 'compareTo', cap: limits.comparedBuckets, asked: all },
    )
}

function comparisonOf(
  name: string,
  { span, daysBefore, from }: ComparisonArg,
  asked: BucketedRange,
): Comparison {
  if (span) return bySpan[span]
  if (from) {
    const fromMs = momentMs(from, asked.calendar)
    checkMinute(`${name}.from`, fromMs)
    checkSince1970(`${name}.from`, fromMs)
    return { kind: 'from', fromMs }
  }
  const days = daysBefore ?? 0
  const most = Math.floor(asked.fromMs / DAY_MS)
  if (days < 1 || days > most)
    throw new InvalidRangeError(
      `${name}.daysBefore is ${days}: give 1 to ${most}, because no attempt is from before 1970`,
      `${name}.daysBefore`,
    )
  return { kind: 'days', days }
}
