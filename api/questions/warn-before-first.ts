import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import { isoTime } from '../../domain/time/iso-time.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { type Calendar, type CalendarBucket, isClock } from '../../domain/time/calendar.ts'
import type { ApiContext } from '../context/context.ts'

type Spans = {
  calendar: Calendar
  bucket: CalendarBucket | null
  /** The range asked for, and those of `compareTo` in order. */
  ranges: readonly TimeBucket[]
}

/**
 * Warns if the range of a question, or one that it is compared with, begins before the first attempt that was
 * counted: then 0 says that nothing is known. A night without attempts says nothing, so the day with which the
 * range begins, or its minute or hour if such buckets are asked for, has to be over before. Says nothing while
 * nothing was counted at all.
 */
export async function warnBeforeFirst(
  { firstDay, firstAttempt, warnings }: Pick<ApiContext, 'firstDay' | 'firstAttempt' | 'warnings'>,
  info: Pick<GraphQLResolveInfo, 'path'>,
  { calendar, bucket, ranges }: Spans,
): Promise<void> {
  const unit = bucket !== null && isClock(bucket) ? bucket : 'day'
  const firstDayEndMs = ((await firstDay()) ?? -Infinity) + DAY_MS
  // Practically every range begins later, and needs no look at the minutes of that day.
  if (ranges.every(({ fromMs }) => calendar.endOf(unit, fromMs) > firstDayEndMs)) return
  const firstMs = (await firstAttempt())?.getTime() ?? -Infinity
  const path = responsePathAsArray(info.path)
  for (const [i, range] of ranges.entries())
    if (calendar.endOf(unit, range.fromMs) <= firstMs)
      warnings.push({
        code: 'BEFORE_FIRST_ATTEMPT',
        path,
        argument: i === 0 ? 'from' : `compareTo[${i - 1}]`,
        message: messageOf(range, firstMs, i === 0),
      })
}

function messageOf({ fromMs, toMs }: TimeBucket, firstMs: number, isAsked: boolean): string {
  const what = isAsked ? 'the range' : 'what it is compared with'
  const known = `the first attempt that was counted is of ${isoTime(firstMs)}`
  return toMs <= firstMs
    ? `${what} ends at ${isoTime(toMs)}, and ${known}: its 0 says that nothing is known of it`
    : `${what} begins at ${isoTime(fromMs)}, and ${known}: until then 0 says that nothing is known`
}
