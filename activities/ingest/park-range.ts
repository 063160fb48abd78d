import { classingPostgres } from '../../db/connection/failure.ts'
import { parkBatch, type BatchParking } from '../../db/ingest/park-batch.ts'
import { watchParked } from '../../domain/batch/flood-guard.ts'
import type { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { logParked } from '../batch-log.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { Standing } from '../session/standing.ts'
import { flooded } from './flooded.ts'
import { handOver } from './hand-over.ts'
import type { Offsets, Settled } from './settled.ts'

/**
 * Sets aside what fails for a permanent reason, with a workflow that keeps it until it is replayed or skipped.
 * @throws {PipelineFailure} flood when too many were parked in a row
 */
export async function parkRange(
  session: PartitionSession,
  standing: Standing,
  { from, to, endOffset }: Offsets,
  { message: error }: PipelineFailure,
  publishedOffset: bigint,
): Promise<Settled> {
  const { topic, partition, deps, checkpoint, sql, producer } = session
  const { guard: floodGuard, flood } = watchParked(standing.floodGuard, deps.config.ingest.flood)
  if (flood !== null) throw flooded(session, standing, `${flood}; at offset ${from}: ${error}`)
  const why = { error, floodGuard, publishedOffset }
  const parked = await writeParked(session, standing, { from, to, endOffset }, why)
  await deps.onStep?.('after_parking')
  await handOver(deps, sql, {
    batchId: String(parked.batchId),
    topic,
    partition,
    incarnation: checkpoint.incarnation,
    from: String(from),
    to: String(to),
    error,
  })
  return { standing: parked.standing, batch: null, outputs: producer.collect() }
}

/** Writes a range into the ledger as parked, and goes on behind it. @returns id of its batch, and where the partition stands then */
export async function writeParked(
  { topic, partition, deps, sql, checkpoint, nextBatchId }: PartitionSession,
  standing: Standing,
  { from, to, endOffset }: Offsets,
  why: Pick<BatchParking, 'error' | 'floodGuard' | 'publishedOffset' | 'commandId'>,
): Promise<{ batchId: bigint; standing: Standing }> {
  const batchId = await classingPostgres(() => nextBatchId())
  await classingPostgres(() =>
    parkBatch(sql, {
      batchId,
      holding: checkpoint,
      range: { topic, partition, from, to },
      processedAtMs: deps.clock(),
      unfinishedInsight: standing.unfinishedInsight,
      endOffset,
      codeVersion: deps.codeVersion,
      ...why,
    }),
  )
  logParked({ topic, partition, from, to }, batchId, why.error)
  return { batchId, standing: { ...standing, next: to, floodGuard: why.floodGuard } }
}
