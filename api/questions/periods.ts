import type { TimeBucket } from '../../domain/time/bucket.ts'
import {
  DAY_MS,
  dayOf,
  isoDay,
  type Period,
  periodAfter,
  periodsBetween,
  periodStart,
} from '../../domain/time/period.ts'
import { checkSince1970, EMPTY_RANGE } from '../context/limits.ts'
import { InvalidRangeError, RangeTooLargeError } from '../context/errors.ts'

/**
 * How many periods one answer may have. A period reads a bitmap of all users, and a cohort reads one for
 * every period since, so cohorts have lower caps.
 */
export const periodCaps = {
  series: { day: 366, week: 160, month: 120 },
  cohorts: { day: 35, week: 60, month: 60 },
} as const satisfies Record<string, Record<Period, number>>

/** The range of the period that begins on a day (days since 1970-01-01). */
export const periodRange = (period: Period, start: number): TimeBucket => ({
  fromMs: start * DAY_MS,
  toMs: periodAfter(period, start) * DAY_MS,
})

/**
 * The day of a moment, in days since 1970-01-01.
 * @throws {InvalidRangeError} if it is not midnight UTC, or before 1970
 */
export function wholeDay(name: string, moment: Date): number {
  checkSince1970(name, moment.getTime())
  const day = dayOf(moment.getTime())
  if (moment.getTime() === day * DAY_MS) return day
  throw new InvalidRangeError(
    `${name} must be midnight UTC, because engagement is kept by day: for example ${isoDay(day)}T00:00:00Z`,
  )
}

/**
 * The first day of a period, in days since 1970-01-01.
 * @throws {InvalidRangeError} if no period begins at the moment
 */
export function wholePeriod(name: string, period: Period, moment: Date): number {
  const day = wholeDay(name, moment)
  const start = periodStart(period, day)
  if (start === day) return day
  const [before, after] = [isoDay(start), isoDay(periodAfter(period, start))]
  throw new InvalidRangeError(
    `${name} must be the first day of a ${period} (UTC): ${before}T00:00:00Z or ${after}T00:00:00Z`,
  )
}

/**
 * The first days of the periods from `first` (included) to `end` (excluded), in days since 1970-01-01.
 * @throws {InvalidRangeError} if the range is empty
 * @throws {RangeTooLargeError} if it has more periods than the cap
 */
export function periodStarts(period: Period, first: number, end: number, cap: number): number[] {
  if (first >= end) throw new InvalidRangeError(EMPTY_RANGE)
  checkPeriods(periodsBetween(period, first, end), cap, period)
  const starts = [first]
  for (let next = periodAfter(period, first); next < end; next = periodAfter(period, next)) starts.push(next)
  return starts
}

/** @throws {RangeTooLargeError} if more periods are asked for than the cap */
export function checkPeriods(asked: number, cap: number, period: Period): void {
  if (asked <= cap) return
  throw new RangeTooLargeError(
    `${asked} periods of a ${period} are more than the cap of ${cap}: ask for a shorter range or longer periods`,
    cap,
    asked,
  )
}
