import { createBatchIds } from '../../db/ingest/batch-ids.ts'
import { sliceApplicationName, type Checkpoint, type PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { Sql } from '../../db/connection/connect.ts'
import type { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { openOutputProducer, type OutputProducer } from '../../kafka/write/output-producer.ts'
import { openRangeReader, type RangeReader } from '../../kafka/read/range-reader.ts'
import { claimCheckpoint } from './claim-checkpoint.ts'
import { producerOptions, rangeLimits } from './kafka-options.ts'
import { closeAll, endSession, openSession, type Closer } from './postgres-session.ts'
import { settlePublishedOffset } from './published-offset.ts'
import { positionAt, type IngestPosition } from './ingest-position.ts'
import type { WorkerDeps } from './worker-deps.ts'

/**
 * A claimed partition with the connections that are open for it: reader, producer and one Postgres session.
 */
export type PartitionSession = Readonly<
  PartitionKey & {
    deps: WorkerDeps
    sql: Sql
    reader: RangeReader
    producer: OutputProducer
    /** The checkpoint at the time of the claim. */
    checkpoint: Checkpoint
    nextBatchId: () => Promise<bigint>
    sighting: SightingCache
    close: () => Promise<void>
  }
>

/** A session, and the position of its partition when it was claimed. */
export type ClaimedPartition = {
  session: PartitionSession
  position: IngestPosition
  /** First offset whose outputs are not known to be in Kafka. */
  publishedOffset: bigint
}

/**
 * Claims a partition in the order that fencing needs (G3): it raises the epoch in Postgres, then takes the
 * transactional.id, and then reads the group offset, which nobody else can move any more.
 * @param acceptFlood whether an operator lets through the rejects that halted the partition as a flood
 * @throws {PipelineFailure} data_loss if the log is not the one that was counted
 */
export async function openPartitionSession(
  deps: WorkerDeps,
  { topic, partition }: PartitionKey,
  acceptFlood = false,
): Promise<ClaimedPartition> {
  const { config, kafka } = deps
  const key = { topic, partition }
  const closers: Closer[] = []
  const close = () => closeAll(closers)
  try {
    const reader = await openRangeReader(kafka, topic, partition, rangeLimits(config))
    closers.push(reader.close)
    const sql = await openSession(config, sliceApplicationName(key))
    closers.push(endSession(sql))
    const checkpoint = await claimCheckpoint(deps, sql, reader, key, acceptFlood)
    const producer = await openOutputProducer(kafka, producerOptions(config, key))
    closers.push(producer.close)
    const publishedOffset = await settlePublishedOffset({ config, sql, reader, producer, checkpoint }, key)
    const nextBatchId = createBatchIds(sql)
    const sighting = deps.sighting.of(checkpoint.serverStart)
    return {
      session: { ...key, deps, sql, reader, producer, checkpoint, nextBatchId, sighting, close },
      position: positionAt(checkpoint),
      publishedOffset,
    }
  } catch (error) {
    await close()
    throw error
  }
}
