import { bucketMs, floorTo, type TimeBucket } from '../time/bucket.ts'

/**
 * Minutes [from, to) of the hour (UTC) that begins at `startMs` (Unix milliseconds), but not all 60 of them.
 */
export type HourPart = { startMs: number; from: number; to: number }

/** Splits ranges into the starts of whole hours (UTC, Unix milliseconds) and parts of hours. */
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
