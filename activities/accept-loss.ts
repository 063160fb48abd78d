import { acceptLoss, isLossAccepted, recordLostOutputs } from '../db/ledger/accept-loss.ts'
import { createBatchIds } from '../db/ingest/batch-ids.ts'
import {
  claimPartition,
  sliceApplicationName,
  type Checkpoint,
  type PartitionKey,
} from '../db/ingest/checkpoint.ts'
import type { Sql } from '../db/connection/connect.ts'
import { classingPostgres } from '../db/connection/failure.ts'
import { lossOf, retirement, type Loss } from '../domain/pipeline/offset-loss.ts'
import { emptyInsight } from '../domain/batch/insight.ts'
import { openOutputProducer } from '../kafka/write/output-producer.ts'
import { openRangeReader, type RangeReader } from '../kafka/read/range-reader.ts'
import { closeAll, endSession, openSession, type Closer } from './session/postgres-session.ts'
import { isGone } from './session/claim-checkpoint.ts'
import { producerOptions, rangeLimits } from './session/kafka-options.ts'
import type { WorkerDeps } from './session/worker-deps.ts'

export type LossAcceptance =
  | {
      ok: true
      nextOffset: string
      description: string
      /** The partition no longer exists and is not read any more. */
      isRetired?: true
    }
  | { ok: false; refusal: string }

/**
 * Carries out an operator's command to continue behind offsets that are lost (G8). Safe to retry: the
 * ledger's row has the command's id.
 * @throws {PipelineFailure} transient if Kafka or Postgres is away
 */
export async function acceptOffsetLoss(
  deps: WorkerDeps,
  key: PartitionKey,
  commandId: string,
): Promise<LossAcceptance> {
  const { config, kafka } = deps
  const closers: Closer[] = []
  try {
    const sql = await openSession(config, sliceApplicationName(key))
    closers.push(endSession(sql))
    const reader = await openRangeReader(kafka, key.topic, key.partition, rangeLimits(config))
    closers.push(reader.close)
    if (await isGone(sql, reader, key)) return await retire(deps, sql, reader, key, commandId)
    const checkpoint = await claim(deps, sql, reader, key, (await reader.bounds()).start)
    const producer = await openOutputProducer(kafka, producerOptions(config, key))
    closers.push(producer.close)
    const groupOffset = await reader.groupOffset(config.kafka.groupId)
    const bounds = await reader.bounds()
    const loss = lossOf({ ...checkpoint, currentTopicId: reader.topicId, groupOffset, bounds }, key)
    const isDone = await classingPostgres(() => isLossAccepted(sql, key, commandId))
    if (loss === null && !isDone)
      return {
        ok: false,
        refusal: `${key.topic}/${key.partition} has lost no offsets: resume the partition instead`,
      }
    if (loss !== null) await record(deps, sql, key, { commandId, checkpoint, reader, loss })
    const nextOffset = loss?.nextOffset ?? checkpoint.nextOffset
    if (loss?.recountUntil == null)
      await producer.publish(producer.collect(), loss?.publishFrom ?? nextOffset)
    return { ok: true, nextOffset: String(nextOffset), description: loss?.description ?? '' }
  } finally {
    await closeAll(closers)
  }
}

const claim = async (
  deps: WorkerDeps,
  sql: Sql,
  reader: RangeReader,
  key: PartitionKey,
  startOffset: bigint,
): Promise<Checkpoint> =>
  await classingPostgres(() =>
    claimPartition(sql, {
      ...key,
      topicId: reader.topicId,
      startOffset,
      worker: deps.workerName,
      emptyInsight: emptyInsight(),
      floodGuard: null,
    }),
  )

/**
 * Retires a partition that its topic no longer has. What was not read of it stays in the ledger as skipped.
 */
async function retire(
  deps: WorkerDeps,
  sql: Sql,
  reader: RangeReader,
  key: PartitionKey,
  commandId: string,
): Promise<LossAcceptance> {
  const checkpoint = await claim(deps, sql, reader, key, 0n)
  const loss = retirement(checkpoint, key)
  await record(deps, sql, key, { commandId, checkpoint, reader, loss, isRetired: true })
  return { ok: true, nextOffset: String(loss.nextOffset), description: loss.description, isRetired: true }
}

async function record(
  deps: WorkerDeps,
  sql: Sql,
  key: PartitionKey,
  done: { commandId: string; checkpoint: Checkpoint; reader: RangeReader; loss: Loss; isRetired?: boolean },
): Promise<void> {
  const { commandId, checkpoint, reader, loss, isRetired = false } = done
  await classingPostgres(async () => {
    if (loss.lostOutputs !== null) await recordLostOutputs(sql, key, checkpoint.incarnation, loss.lostOutputs)
    if (!loss.movesCheckpoint) return
    await acceptLoss(sql, {
      ...key,
      batchId: await createBatchIds(sql)(),
      commandId,
      checkpoint,
      topicId: reader.topicId,
      lostTo: loss.lostTo,
      nextOffset: loss.nextOffset,
      isNewLog: loss.isNewLog,
      isRetired,
      recountUntil: loss.recountUntil,
      unfinishedInsight: loss.isNewLog ? emptyInsight() : checkpoint.unfinishedInsight,
      description: loss.description,
      codeVersion: deps.codeVersion,
    })
  })
}
