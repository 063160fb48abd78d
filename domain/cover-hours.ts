import { bucketMs, floorTo } from './counts.ts'
import type { TimeBucket } from './cover-buckets.ts'

/** Minutes [from, to) of the hour (UTC) that starts then (Unix milliseconds), not all of them. */
export type HourPart = { startMs: number; from: number; to: number }

/** Starts of the hours (UTC, Unix milliseconds) that ranges have whole, and what they have of others. */
export function coverHours(ranges: readonly TimeBucket[]): { whole: number[]; parts: HourPart[] } {
  const whole: number[] = []
  const parts: HourPart[] = []
  for (const { fromMs, toMs } of ranges) {
    for (let at = fromMs; at < toMs;) {
      const startMs = floorTo(at, bucketMs.hour)
      const endMs = Math.min(toMs, startMs + bucketMs.hour)
      if (endMs - at === bucketMs.hour) whole.push(startMs)
      else
        parts.push({
          startMs,
          from: (at - startMs) / bucketMs.minute,
          to: (endMs - startMs) / bucketMs.minute,
        })
      at = endMs
    }
  }
  return { whole, parts }
}
