import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { createBatchIds } from '../db/batch-ids.ts'
import { claimPartition, sliceApplicationName, type Checkpoint, type PartitionKey } from '../db/checkpoint.ts'
import { connectPostgres, type Sql } from '../db/connect.ts'
import { classingPostgres } from '../db/failure.ts'
import { maintainLoginPartitions } from '../db/login-partitions.ts'
import type { decodeRecords } from '../domain/decode-records.ts'
import { PipelineFailure } from '../domain/failure.ts'
import { emptyInsight } from '../domain/insight.ts'
import type { PresenceCache, SharedPresence } from '../domain/presence.ts'
import type { Kafka } from '../kafka/client.ts'
import { openOutputProducer, type OutputProducer } from '../kafka/output-producer.ts'
import { lostRange, openRangeReader, type RangeReader } from '../kafka/range-reader.ts'
import type { Gate } from './gate.ts'

/** What a slice needs of its process. */
export type SliceDeps = {
  config: Config
  kafka: Kafka
  /** Shown as the holder of a partition. */
  workerName: string
  codeVersion: string
  presence: SharedPresence
  /** Bounds the memory of the process: a batch in work has its records as objects, and as text for both outputs. */
  batchesInWork: Gate
  decode: typeof decodeRecords
  /** Unix milliseconds. */
  clock: () => number
  /** Called at the steps of a batch; tests end the process there. */
  onStep?: (step: SliceStep) => void | Promise<void>
}

export type SliceStep =
  'before_postgres_commit' | 'after_postgres_commit' | 'inside_kafka_transaction' | 'after_kafka_commit'

/** A claimed partition with its connections: reader, producer and one Postgres session. */
export type Slice = PartitionKey & {
  deps: SliceDeps
  sql: Sql
  reader: RangeReader
  producer: OutputProducer
  checkpoint: Checkpoint
  nextBatchId: () => Promise<bigint>
  presence: PresenceCache
  /** First offset whose outputs are not known to be in Kafka. */
  publishedOffset: bigint
  /** Committed so far. */
  batches: number
  close: () => Promise<void>
}

/** A statement works on one batch; longer means that Postgres hangs, and the slice should say so. */
const STATEMENT_TIMEOUT_MS = 30_000
/** A worker that is stopped inside a transaction gives its locks back after this, sooner than its replacement asks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000

/** Connections close once their last request is answered; those to a part that hangs are left to their time-out. */
const CLOSE_MS = 1_000

/**
 * Takes a partition in the order that makes fencing complete: Postgres epoch first, then the transactional.id, then the
 * group offset is read, which nobody else can move any more (G3).
 * @throws {PipelineFailure} data_loss when the log is not the one that was counted
 */
export async function openSlice(deps: SliceDeps, key: PartitionKey): Promise<Slice> {
  const { config, kafka } = deps
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    const closing = Promise.allSettled(closers.map((closer) => closer()))
    await Promise.race([closing, sleep(CLOSE_MS)])
  }
  try {
    const limits = { maxBytes: config.ingest.batchMaxBytes, maxRecords: config.ingest.batchMaxRecords }
    const reader = await openRangeReader(kafka, key.topic, key.partition, limits)
    closers.push(reader.close)
    const sql = connectPostgres(config.database.url, {
      applicationName: sliceApplicationName(key),
      maxConnections: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    })
    closers.push(() => sql.end({ timeout: 1 }))
    const checkpoint = await claim(deps, sql, reader, key)
    const producer = await openOutputProducer(kafka, producerOptions(config, key))
    closers.push(producer.close)
    const slice: Slice = {
      ...key,
      deps,
      sql,
      reader,
      producer,
      checkpoint,
      nextBatchId: createBatchIds(sql),
      presence: deps.presence.of(checkpoint.serverStart),
      publishedOffset: await settlePublishedOffset(config, reader, producer, checkpoint, key),
      batches: 0,
      close,
    }
    return slice
  } catch (error) {
    await close()
    throw error
  }
}

async function claim(deps: SliceDeps, sql: Sql, reader: RangeReader, key: PartitionKey): Promise<Checkpoint> {
  const bounds = await reader.bounds()
  const checkpoint = await classingPostgres(async () => {
    await maintainLoginPartitions(sql, deps.clock(), deps.config.ingest.loginRetentionDays)
    return await claimPartition(sql, {
      ...key,
      topicId: reader.topicId,
      startOffset: bounds.start,
      worker: deps.workerName,
      emptyInsight: emptyInsight(),
    })
  })
  if (checkpoint.topicId !== reader.topicId) throw recreated(key, checkpoint, reader.topicId, bounds)
  if (checkpoint.nextOffset < bounds.start || checkpoint.nextOffset > bounds.end) {
    throw lostRange(key.topic, key.partition, checkpoint.nextOffset, bounds)
  }
  return checkpoint
}

/** The transactional.id is one per input partition: whoever claims the partition fences the one before. */
const producerOptions = ({ kafka }: Config, key: PartitionKey) => ({
  transactionalId: `${kafka.groupId}/${key.topic}/${key.partition}`,
  groupId: kafka.groupId,
  source: key,
  outputTopics: [kafka.processedTopic, kafka.dlqTopic],
})

/**
 * Where publishing has to go on: the group offset, which moves with the outputs.
 * A new partition gets its first group offset before anything is published, so that a missing one later means that it
 * expired or was deleted; then the last position that Postgres knows has to do, if it leaves no doubt.
 */
async function settlePublishedOffset(
  config: Config,
  reader: RangeReader,
  producer: OutputProducer,
  checkpoint: Checkpoint,
  key: PartitionKey,
): Promise<bigint> {
  const { groupId } = config.kafka
  const groupOffset = await reader.groupOffset(groupId)
  const where = `group ${groupId} on ${key.topic}/${key.partition}`
  if (groupOffset === null) {
    if (checkpoint.publishedOffset === checkpoint.nextOffset) {
      await producer.publish(producer.collect(), checkpoint.nextOffset)
      return checkpoint.nextOffset
    }
    throw new PipelineFailure(
      'data_loss',
      'kafka',
      `the committed offset of ${where} is gone; outputs up to ${checkpoint.publishedOffset} are published, those up to ` +
        `${checkpoint.nextOffset} may be: set the group offset to the first offset that is not, then resume`,
    )
  }
  if (groupOffset > checkpoint.nextOffset) {
    throw new PipelineFailure(
      'data_loss',
      'postgres',
      `Postgres has counted up to ${checkpoint.nextOffset}, but outputs up to ${groupOffset} are published by ${where}: ` +
        `the database is older than Kafka`,
    )
  }
  return groupOffset
}

const recreated = (
  key: PartitionKey,
  checkpoint: Checkpoint,
  topicId: string,
  bounds: { start: bigint; end: bigint },
) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `${key.topic} was re-created (id ${checkpoint.topicId} is now ${topicId}): offsets up to ${checkpoint.nextOffset} of ` +
      `partition ${key.partition} were counted from the old topic; the new one holds ${bounds.start} to ${bounds.end}`,
  )
