import { classingPostgres } from '../../db/connection/failure.ts'
import { parkBatch, type BatchParking } from '../../db/ingest/park-batch.ts'
import { watchParked } from '../../domain/batch/flood-guard.ts'
import type { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { logParked } from '../batch-log.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { IngestPosition } from '../session/ingest-position.ts'
import { floodFailure } from './flood-failure.ts'
import { startBatchWorkflow } from './batch-workflows.ts'
import type { Offsets, CommittedPart } from './committed-part.ts'

/**
 * Parks a range that fails for a permanent reason, and starts the workflow that keeps it until it is replayed
 * or skipped.
 * @throws {PipelineFailure} flood if too many were parked in a row
 */
export async function parkRange(
  session: PartitionSession,
  position: IngestPosition,
  { from, to, endOffset }: Offsets,
  { message: error }: PipelineFailure,
  publishedOffset: bigint,
): Promise<CommittedPart> {
  const { topic, partition, deps, checkpoint, sql, producer } = session
  const { guard: floodGuard, flood } = watchParked(position.floodGuard, deps.config.ingest.flood)
  if (flood !== null) throw floodFailure(session, position, `${flood}; at offset ${from}: ${error}`)
  const why = { error, floodGuard, publishedOffset }
  const parked = await writeParked(session, position, { from, to, endOffset }, why)
  await deps.onStep?.('after_parking')
  await startBatchWorkflow(deps, sql, {
    batchId: String(parked.batchId),
    topic,
    partition,
    incarnation: checkpoint.incarnation,
    from: String(from),
    to: String(to),
    error,
  })
  return { position: parked.position, batch: null, outputs: producer.collect() }
}

/** Writes a range into the ledger as parked. @returns the id of its batch, and the position behind it */
export async function writeParked(
  { topic, partition, deps, sql, checkpoint, nextBatchId }: PartitionSession,
  position: IngestPosition,
  { from, to, endOffset }: Offsets,
  why: Pick<BatchParking, 'error' | 'floodGuard' | 'publishedOffset' | 'commandId'>,
): Promise<{ batchId: bigint; position: IngestPosition }> {
  const batchId = await classingPostgres(() => nextBatchId())
  await classingPostgres(() =>
    parkBatch(sql, {
      batchId,
      holding: checkpoint,
      range: { topic, partition, from, to },
      processedAtMs: deps.clock(),
      unfinishedInsight: position.unfinishedInsight,
      endOffset,
      codeVersion: deps.codeVersion,
      ...why,
    }),
  )
  logParked({ topic, partition, from, to }, batchId, why.error)
  deps.observe.batchParked(partition)
  return { batchId, position: { ...position, next: to, floodGuard: why.floodGuard } }
}
