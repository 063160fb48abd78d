import { bucketMs, type TimeBucket } from '../../domain/time/bucket.ts'
import type { RequestClock } from '../context/request-clock.ts'

/**
 * How many minutes of a span are over. The clock is asked for the exact time only while the span runs, because
 * that keeps the answer from being cached.
 */
export function minutesOver(clock: RequestClock, { fromMs, toMs }: TimeBucket): number {
  if (!clock.hasCome(fromMs)) return 0
  const untilMs = clock.hasCome(toMs) ? toMs : clock.nowMs()
  return (untilMs - fromMs) / bucketMs.minute
}
