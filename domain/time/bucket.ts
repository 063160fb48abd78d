import { DAY_MS } from './period.ts'

export type BucketSize = 'minute' | 'hour' | 'day'

export const bucketMs: Record<BucketSize, number> = { minute: 60_000, hour: 3_600_000, day: DAY_MS }

/** A quarter of an hour: the clocks of all time zones differ from UTC by multiples of it. */
export const QUARTER_MS = 15 * bucketMs.minute

export const floorTo = (timeMs: number, sizeMs: number): number => Math.floor(timeMs / sizeMs) * sizeMs

/** Half-open, Unix milliseconds, both on a whole minute. */
export type TimeBucket = { fromMs: number; toMs: number }
