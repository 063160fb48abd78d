import type { PartitionProgress } from '../db/read/progress.ts'
import type { ReadSource } from '../db/read/snapshot.ts'

export type PartitionBounds = { partition: number; start: bigint; end: bigint }

export type Freshness = {
  node: string
  source: ReadSource
  readAt: Date
  replicaLagMs: number | null
  watermark: Date | null
  lag: bigint | null
  parkedOffsets: bigint
  complete: boolean
}

export type Snapshot = Pick<Freshness, 'node' | 'source' | 'readAt' | 'replicaLagMs'>

/** How fresh and how complete an answer is (G9). `bounds` null: Kafka could not be asked. */
export function freshnessOf(
  { node, source, readAt, replicaLagMs }: Snapshot,
  progress: readonly PartitionProgress[],
  bounds: readonly PartitionBounds[] | null,
): Freshness {
  const byPartition = new Map(progress.map((row) => [row.partition, row]))
  const lag =
    bounds?.reduce((sum, bound) => sum + unread(bound, byPartition.get(bound.partition)), 0n) ?? null
  const parkedOffsets = progress.reduce((sum, row) => sum + row.parked_offsets, 0n)
  const isUncounted = (bound: PartitionBounds) =>
    (byPartition.get(bound.partition)?.watermark ?? null) === null &&
    unread(bound, byPartition.get(bound.partition)) > 0n
  const watermarks = progress.flatMap((row) => (row.watermark === null ? [] : [row.watermark.getTime()]))
  const isKnown = watermarks.length > 0 && !(bounds?.some(isUncounted) ?? false)
  return {
    node,
    source,
    readAt,
    replicaLagMs,
    watermark: isKnown ? new Date(Math.min(...watermarks)) : null,
    lag,
    parkedOffsets,
    complete: lag === 0n && parkedOffsets === 0n,
  }
}

/** Offsets between what was read and the end; the end may have been asked for a moment earlier. */
export function unread(bound: PartitionBounds, progress: { next_offset: bigint } | undefined): bigint {
  const left = bound.end - (progress?.next_offset ?? bound.start)
  return left > 0n ? left : 0n
}
