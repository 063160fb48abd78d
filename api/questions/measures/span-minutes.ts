import type { ClockCell } from '../../../domain/measures/groups.ts'
import { bucketMs, type TimeBucket } from '../../../domain/time/bucket.ts'
import type { RequestClock } from '../../context/request-clock.ts'
import { minutesOver } from '../minutes-over.ts'
import { clockMinutes } from './clock-minutes.ts'
import type { MeasureQuestion } from './read-measures.ts'
import type { Shaping } from './shape-measures.ts'

/**
 * Returns functions that say how much of the spans of an answer is over; of groups by the clock, how much of
 * the time in which it shows their values.
 * @param cells those that groups were read by
 */
export function spanMinutes(
  clock: RequestClock,
  { spans, groupBy }: Pick<MeasureQuestion, 'spans' | 'groupBy'>,
  cells: readonly ClockCell[],
): Pick<Shaping, 'minutesOf' | 'isSameLength'> {
  const by = (over: (span: TimeBucket) => number): Shaping['minutesOf'] => {
    const minutesBy = clockMinutes(groupBy, cells, over)
    return (range, place, group) =>
      minutesBy(spans.numberOf(range, place), group) ?? over(spans.at(range, place))
  }
  // Whole minutes: the exact time would keep the answer from being cached. The default range ends with the running one.
  const ofBuckets = by((span) => minutesUntil(clock.minuteMs, span))
  const ofRanges = by((span) => minutesUntil(clock.minuteMs + bucketMs.minute, span))
  const lengthOf = ({ fromMs, toMs }: TimeBucket) => toMs - fromMs
  return {
    minutesOf: by((span) => minutesOver(clock, span)),
    isSameLength: (range, place, group) => {
      const minutes = place === null ? ofRanges : ofBuckets
      const isAsLong = lengthOf(spans.at(range, place)) === lengthOf(spans.at(0, place))
      return isAsLong && minutes(range, place, group) === minutes(0, place, group)
    },
  }
}

const minutesUntil = (ms: number, { fromMs, toMs }: TimeBucket): number =>
  (Math.max(fromMs, Math.min(ms, toMs)) - fromMs) / bucketMs.minute
