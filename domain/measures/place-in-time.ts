import type { TimeBucket } from '../time/bucket.ts'
import { type Calendar, type CalendarBucket, isClock } from '../time/calendar.ts'
import { rangeBefore } from '../time/period-before.ts'
import type { PlaceInTime } from './people.ts'

/**
 * Where a span lies in time. Before as many whole buckets of dates lie as many, before other spans as many days or milliseconds.
 * Nothing lies before 1970.
 * @param bucket of the question; null: it has none
 * @param nowMs Unix milliseconds
 */
export function placeInTime(
  calendar: Calendar,
  bucket: CalendarBucket | null,
  span: TimeBucket,
  nowMs: number,
): PlaceInTime {
  const since1970 = (ms: number) => Math.max(0, ms)
  const fromMs =
    bucket !== null && !isClock(bucket) && isWhole(calendar, bucket, span)
      ? bucketsBefore(calendar, bucket, span)
      : rangeBefore(calendar, span).fromMs
  return {
    span,
    before: { fromMs: since1970(fromMs), toMs: span.fromMs },
    hasBegun: span.fromMs <= nowMs,
    daysBefore: (ms, days) => (days === 0 ? ms : since1970(calendar.shift('day', ms, -days))),
  }
}

const isWhole = (
  { startOf, endOf }: Calendar,
  bucket: CalendarBucket,
  { fromMs, toMs }: TimeBucket,
): boolean => startOf(bucket, fromMs) === fromMs && endOf(bucket, toMs - 1) === toMs

/** Where as many buckets begin as a span has, right before it. */
function bucketsBefore(calendar: Calendar, bucket: CalendarBucket, span: TimeBucket): number {
  const { length } = calendar.buckets(bucket, span, Infinity)
  let at = span.fromMs
  for (let i = 0; i < length; i++) at = calendar.startOf(bucket, at - 1)
  return at
}
