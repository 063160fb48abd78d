import { type BucketSize, bucketMs, floorTo } from '../../domain/counts.ts'

/** Half-open, Unix milliseconds, both on a whole minute. */
export type MinuteRange = { fromMs: number; toMs: number }
export type Piece = MinuteRange & { size: BucketSize }

const nextSmaller: Record<BucketSize, BucketSize | null> = { day: 'hour', hour: 'minute', minute: null }

/**
 * Cuts a range into pieces of whole buckets, each as large as fits and none larger than `largest`: counts of days are
 * read as days, and only the ragged ends as hours and minutes. Together the pieces are the range, without overlap.
 */
export function coverRange(range: MinuteRange, largest: BucketSize): Piece[] {
  if (range.fromMs >= range.toMs) return []
  const smaller = nextSmaller[largest]
  if (smaller === null) return [{ ...range, size: largest }]
  const fromMs = -floorTo(-range.fromMs, bucketMs[largest])
  const toMs = floorTo(range.toMs, bucketMs[largest])
  if (fromMs >= toMs) return coverRange(range, smaller)
  return [
    ...coverRange({ fromMs: range.fromMs, toMs: fromMs }, smaller),
    { fromMs, toMs, size: largest },
    ...coverRange({ fromMs: toMs, toMs: range.toMs }, smaller),
  ]
}
