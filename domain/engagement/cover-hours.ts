import { bucketMs, floorTo, type TimeBucket } from '../time/bucket.ts'
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

const SIX_HOURS = 6

/** Start of the six hours of the day (UTC) that an hour is of; Unix milliseconds. */
export const sixHoursOf = (hourMs: number): number => floorTo(hourMs, SIX_HOURS * bucketMs.hour)

/** Starts of the six hours that are whole among hours, and the hours that are left; all in order when the hours are. */
export function groupHours(hours: readonly number[]): { sixHours: number[]; single: number[] } {
  const count = new Map<number, number>()
  for (const hour of hours) count.set(sixHoursOf(hour), (count.get(sixHoursOf(hour)) ?? 0) + 1)
  const isWhole = (hour: number) => count.get(sixHoursOf(hour)) === SIX_HOURS
  return {
    sixHours: [...count.keys()].filter(isWhole),
    single: hours.filter((hour) => !isWhole(hour)),
  }
}
