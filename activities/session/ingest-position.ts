import type { Checkpoint } from '../../db/ingest/checkpoint.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import type { UnfinishedInsight } from '../../domain/batch/insight.ts'

/**
 * Where ingestion of a partition is, and the running state that goes with it, as of the last range that
 * Postgres committed. Immutable: each step takes one and returns the next.
 */
export type IngestPosition = Readonly<{
  /** Offset of the next record to count. */
  next: bigint
  unfinishedInsight: UnfinishedInsight
  /** Event time of the latest login counted, in Unix milliseconds; -Infinity if there is none. */
  latestEventMs: number
  floodGuard: FloodGuard
}>

export const positionAt = ({
  nextOffset,
  unfinishedInsight,
  watermark,
  floodGuard,
}: Checkpoint): IngestPosition => ({
  next: nextOffset,
  unfinishedInsight,
  latestEventMs: watermark?.getTime() ?? -Infinity,
  floodGuard,
})
