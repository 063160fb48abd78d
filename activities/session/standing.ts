import type { Checkpoint } from '../../db/ingest/checkpoint.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import type { UnfinishedInsight } from '../../domain/batch/insight.ts'

/** What moves with the checkpoint, as of the last range that Postgres has. A step takes one and returns the next. */
export type Standing = Readonly<{
  /** Offset of the next record to be counted. */
  next: bigint
  unfinishedInsight: UnfinishedInsight
  /** Event time of the latest login counted, Unix milliseconds. */
  latestEventMs: number
  floodGuard: FloodGuard
}>

export const standingAt = ({
  nextOffset,
  unfinishedInsight,
  watermark,
  floodGuard,
}: Checkpoint): Standing => ({
  next: nextOffset,
  unfinishedInsight,
  latestEventMs: watermark?.getTime() ?? -Infinity,
  floodGuard,
})
