import { DAY_MS } from './period.ts'

export type BucketSize = 'minute' | 'hour' | 'day'

export const bucketMs: Record<BucketSize, number> = { minute: 60_000, hour: 3_600_000, day: DAY_MS }

/**
 * A quarter of an hour. Since 1970 clocks have differed from UTC by multiples of it, except those of
 * Africa/Monrovia (until 7 January 1972) and Pacific/Kiritimati (-10:40, until 1 October 1979), whose days
 * need counts by the minute.
 */
export const QUARTER_MS = 15 * bucketMs.minute

export const floorTo = (timeMs: number, sizeMs: number): number => Math.floor(timeMs / sizeMs) * sizeMs

/** A half-open range, Unix milliseconds; both ends are on a whole minute. */
export type TimeBucket = { fromMs: number; toMs: number }
