import {
  claimPartition,
  readCountedTopic,
  type Checkpoint,
  type PartitionKey,
} from '../../db/ingest/checkpoint.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { keepListsFrom } from '../../db/login-rows/kept-lists.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { initialGuard } from '../../domain/batch/flood-guard.ts'
import { emptyInsight } from '../../domain/batch/insight.ts'
import { lostRange, type RangeReader } from '../../kafka/read/range-reader.ts'
import type { WorkerDeps } from './worker-deps.ts'

/**
 * Raises the epoch of the checkpoint, and makes sure that its offsets are those of the log that Kafka has.
 * @throws {PipelineFailure} data_loss when they are not
 */
export async function claimCheckpoint(
  deps: WorkerDeps,
  sql: Sql,
  reader: RangeReader,
  key: PartitionKey,
  acceptFlood: boolean,
): Promise<Checkpoint> {
  const bounds = await reader.bounds().catch(async (error: unknown) => {
    throw (await isToRetire(sql, reader, key)) ? retirable(key) : error
  })
  const checkpoint = await classingPostgres(async () => {
    const { loginDays, setDays } = deps.config.retention
    await createLoginDays(sql, deps.clock(), loginDays)
    await keepListsFrom(sql, setDays)
    return await claimPartition(sql, {
      ...key,
      topicId: reader.topicId,
      startOffset: bounds.start,
      worker: deps.workerName,
      emptyInsight: emptyInsight(),
      floodGuard: acceptFlood ? { ...initialGuard(), isOff: true } : null,
    })
  })
  if (checkpoint.topicId !== reader.topicId) throw recreated(key, checkpoint, reader.topicId, bounds)
  if (checkpoint.nextOffset < bounds.start || checkpoint.nextOffset > bounds.end) {
    throw lostRange(key.topic, key.partition, checkpoint.nextOffset, bounds)
  }
  return checkpoint
}

/**
 * Whether the topic was created anew without the partition. A topic that is the one that was counted only
 * gets more of them.
 */
export const isGone = async (sql: Sql, reader: RangeReader, key: PartitionKey): Promise<boolean> =>
  (await whyMissing(sql, reader, key)) !== 'not_known_yet'

/** One that is retired is read because it has come back: a broker that does not know it yet will. */
const isToRetire = async (sql: Sql, reader: RangeReader, key: PartitionKey): Promise<boolean> =>
  (await whyMissing(sql, reader, key)) === 'gone'

async function whyMissing(
  sql: Sql,
  reader: RangeReader,
  key: PartitionKey,
): Promise<'gone' | 'gone_and_retired' | 'not_known_yet'> {
  if (await reader.exists()) return 'not_known_yet'
  const counted = await classingPostgres(() => readCountedTopic(sql, key))
  if (counted?.topicId === reader.topicId) return 'not_known_yet'
  return counted?.isRetired === true ? 'gone_and_retired' : 'gone'
}

const retirable = ({ topic, partition }: PartitionKey) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `${topic} was created anew and has no partition ${partition} any more: acceptOffsetLoss retires it`,
  )

const recreated = (
  key: PartitionKey,
  checkpoint: Checkpoint,
  topicId: string,
  bounds: { start: bigint; end: bigint },
) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `${key.topic} was re-created (id ${checkpoint.topicId} is now ${topicId}): offsets before ${checkpoint.nextOffset} of ` +
      `partition ${key.partition} were counted from the old topic; the new one holds ${bounds.start} to ${bounds.end}`,
  )
