import type { Config } from '../../config/config.ts'
import { createBatchIds } from '../../db/ingest/batch-ids.ts'
import {
  claimPartition,
  readCountedTopic,
  sliceApplicationName,
  type Checkpoint,
  type PartitionKey,
} from '../../db/ingest/checkpoint.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { createLoginDays } from '../../db/rollups/login-partitions.ts'
import type { decodeRecords } from '../../domain/decode/decode-records.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { calmGuard, type FloodGuard } from '../../domain/batch/flood-guard.ts'
import { emptyInsight, type UnfinishedInsight } from '../../domain/batch/insight.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { SightingCache, SharedSighting } from '../../domain/sightings/sightings.ts'
import type { Kafka } from '../../kafka/client.ts'
import { openOutputProducer, type OutputProducer } from '../../kafka/write/output-producer.ts'
import { lostRange, openRangeReader, type RangeReader } from '../../kafka/read/range-reader.ts'
import type { RangeLimits } from '../../kafka/read/take-range.ts'
import type { FetchBudget } from './fetch-budget.ts'
import type { Gate } from './gate.ts'
import { settlePublishedOffset } from '../publish/published-offset.ts'
import { closeAll, endSession, openSession, type Closer } from './session.ts'

/** What a slice needs of its process. */
export type SliceDeps = {
  config: Config
  kafka: Kafka
  /** Shown as the holder of a partition. */
  workerName: string
  codeVersion: string
  sighting: SharedSighting
  /**
   * Bounds the memory of the process: a batch in work has its bytes, and its text for both outputs. Weighs a batch by how full
   * it is (see RangeReader.fetch): while little comes, all partitions go on side by side.
   */
  batchesInWork: Gate
  /** Lets one batch be decided at a time: two in turns would both be done late, and then wait for Postgres together. */
  deciding: Gate
  /** Bounds what slices have fetched and wait to have decided. */
  fetchBudget: FetchBudget
  decode: typeof decodeRecords
  /** Unix milliseconds. */
  clock: () => number
  /** Starts the workflow that keeps a parked batch; one that exists already is left alone. */
  handOver: (batch: ParkedBatch) => Promise<void>
  /** Called at the steps of a batch; tests end the process there. */
  onStep?: (step: SliceStep) => void | Promise<void>
}

export type SliceStep =
  | 'before_postgres_commit'
  | 'after_postgres_commit'
  | 'after_parking'
  | 'inside_kafka_transaction'
  | 'after_kafka_commit'
  | 'before_replay_commit'
  | 'after_replay_commit'
  | 'inside_late_kafka_transaction'
  | 'after_late_kafka_commit'

/** What moves with the checkpoint, as of the last range that Postgres has. */
export type Standing = {
  next: bigint
  unfinishedInsight: UnfinishedInsight
  /** Event time of the latest login counted, Unix milliseconds. */
  latestEventMs: number
  floodGuard: FloodGuard
}

/** A claimed partition with its connections: reader, producer and one Postgres session. */
export type Slice = PartitionKey & {
  deps: SliceDeps
  sql: Sql
  reader: RangeReader
  producer: OutputProducer
  checkpoint: Checkpoint
  standing: Standing
  nextBatchId: () => Promise<bigint>
  sighting: SightingCache
  /** First offset whose outputs are not known to be in Kafka. */
  publishedOffset: bigint
  /** Settled so far. */
  ranges: number
  close: () => Promise<void>
}

/**
 * Takes a partition in the order that makes fencing complete: Postgres epoch first, then the transactional.id, then the
 * group offset is read, which nobody else can move any more (G3).
 * @param acceptFlood an operator lets through what halted the partition as a flood
 * @throws {PipelineFailure} data_loss when the log is not the one that was counted
 */
export async function openSlice(deps: SliceDeps, key: PartitionKey, acceptFlood: boolean): Promise<Slice> {
  const { config, kafka } = deps
  const closers: Closer[] = []
  const close = () => closeAll(closers)
  try {
    const reader = await openRangeReader(kafka, key.topic, key.partition, rangeLimits(config))
    closers.push(reader.close)
    const sql = await openSession(config, sliceApplicationName(key))
    closers.push(endSession(sql))
    const checkpoint = await claim(deps, sql, reader, key, acceptFlood)
    const producer = await openOutputProducer(kafka, producerOptions(config, key))
    closers.push(producer.close)
    const slice: Slice = {
      ...key,
      deps,
      sql,
      reader,
      producer,
      checkpoint,
      standing: {
        next: checkpoint.nextOffset,
        unfinishedInsight: checkpoint.unfinishedInsight,
        latestEventMs: checkpoint.watermark?.getTime() ?? -Infinity,
        floodGuard: checkpoint.floodGuard,
      },
      nextBatchId: createBatchIds(sql),
      sighting: deps.sighting.of(checkpoint.serverStart),
      publishedOffset: await settlePublishedOffset({ config, sql, reader, producer, checkpoint }, key),
      ranges: 0,
      close,
    }
    return slice
  } catch (error) {
    await close()
    throw error
  }
}

export const rangeLimits = ({ ingest }: Config): RangeLimits => ({
  maxBytes: ingest.batchMaxBytes,
  maxRecords: ingest.batchMaxRecords,
})

async function claim(
  deps: SliceDeps,
  sql: Sql,
  reader: RangeReader,
  key: PartitionKey,
  acceptFlood: boolean,
): Promise<Checkpoint> {
  const bounds = await reader.bounds().catch(async (error: unknown) => {
    throw (await isToRetire(sql, reader, key)) ? retirable(key) : error
  })
  const checkpoint = await classingPostgres(async () => {
    await createLoginDays(sql, deps.clock(), deps.config.retention.loginDays)
    return await claimPartition(sql, {
      ...key,
      topicId: reader.topicId,
      startOffset: bounds.start,
      worker: deps.workerName,
      emptyInsight: emptyInsight(),
      floodGuard: acceptFlood ? { ...calmGuard(), isOff: true } : null,
    })
  })
  if (checkpoint.topicId !== reader.topicId) throw recreated(key, checkpoint, reader.topicId, bounds)
  if (checkpoint.nextOffset < bounds.start || checkpoint.nextOffset > bounds.end) {
    throw lostRange(key.topic, key.partition, checkpoint.nextOffset, bounds)
  }
  return checkpoint
}

/** Whether the topic was created anew without the partition. A topic that is the one that was counted only gets more of them. */
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

/** The transactional.id is one per input partition: whoever claims the partition fences the one before. */
export const producerOptions = ({ kafka }: Config, key: PartitionKey) => ({
  transactionalId: `${kafka.groupId}/${key.topic}/${key.partition}`,
  groupId: kafka.groupId,
  source: key,
  outputTopics: [kafka.processedTopic, kafka.dlqTopic],
})

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
