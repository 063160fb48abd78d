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

const SIX_HOURS = 6

/** Start of the six hours of the day (UTC) that contain an hour; Unix milliseconds. */
export const sixHoursOf = (hourMs: number): number => floorTo(hourMs, SIX_HOURS * bucketMs.hour)

/**
 * Replaces six hours that are all in the list by the start of the six. `single` has the others. Both keep the
 * order of `hours`.
 */
export function groupHours(hours: readonly number[]): { sixHours: number[]; single: number[] } {
  const count = new Map<number, number>()
  for (const hour of hours) count.set(sixHoursOf(hour), (count.get(sixHoursOf(hour)) ?? 0) + 1)
  const isWhole = (hour: number) => count.get(sixHoursOf(hour)) === SIX_HOURS
  return {
    sixHours: [...count.keys()].filter(isWhole),
    single: hours.filter((hour) => !isWhole(hour)),
  }
}
