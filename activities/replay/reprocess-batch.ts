import { claimBatch, recordRevisionPublished, type ClaimedBatch } from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { deleteGroup } from '../../kafka/write/delete-group.ts'
import { openOutputProducer, type OutputProducer } from '../../kafka/write/output-producer.ts'
import { openRangeReader, type RangeReader } from '../../kafka/read/range-reader.ts'
import { closeAll, endSession, openSession, type Closer } from '../session/postgres-session.ts'
import { rangeLimits } from '../session/kafka-options.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/** Runs `work` on a batch of the ledger that nobody else can change meanwhile. */
export async function withClaimedBatch<T>(
  deps: WorkerDeps,
  batchId: bigint,
  work: (sql: Sql, batch: ClaimedBatch) => Promise<T>,
): Promise<T> {
  const sql = await openSession(deps.config, `rollcall batch ${batchId}`)
  try {
    return await work(sql, await classingPostgres(() => claimBatch(sql, batchId)))
  } finally {
    await closeAll([endSession(sql)])
  }
}

/** What a batch needs to get its meaning late, beside the live ingestion of its partition. */
export type LateBatch = {
  topic: string
  partition: number
  deps: WorkerDeps
  reader: RangeReader
  producer: OutputProducer
  sighting: SightingCache
  /** Whether the outputs of the revision are in Kafka. */
  isPublished: boolean
  /** Publishes the outputs of the revision with the marker, and records that. */
  publish: (outputs: OutputCollector) => Promise<void>
}

/**
 * Runs `work` with a reader, and a producer under a transactional.id of this revision of the batch; both claims, in
 * Postgres and in Kafka, are taken before the marker is read (G3, G7). The marker is a group offset that moves in the
 * transaction of the outputs: it stands at `from` before anything is published, so that a missing one later means that it
 * expired, and at `to` afterwards.
 * @throws {PipelineFailure} data_loss when the offsets are of a log that is gone, or the marker has expired
 */
export async function withLateBatch<T>(
  deps: WorkerDeps,
  sql: Sql,
  batch: ClaimedBatch,
  work: (late: LateBatch) => Promise<T>,
): Promise<T> {
  const { config, kafka } = deps
  const { topic, partition } = batch
  const revision = batch.unpublished === null ? batch.revision + 1 : batch.revision
  const marker = `${config.kafka.groupId}/batch/${batch.id}/${revision}`
  const closers: Closer[] = []
  try {
    const reader = await openRangeReader(kafka, topic, partition, rangeLimits(config))
    closers.push(reader.close)
    if (reader.topicId !== batch.topicId || batch.incarnation !== batch.currentIncarnation)
      throw goneLog(batch)
    const producer = await openOutputProducer(kafka, {
      transactionalId: marker,
      groupId: marker,
      source: { topic, partition },
      outputTopics: [config.kafka.processedTopic, config.kafka.dlqTopic],
    })
    closers.push(producer.close)
    const isPublished = (await settleMarker(reader, producer, batch, marker)) === batch.to
    return await work({
      topic,
      partition,
      deps,
      reader,
      producer,
      sighting: deps.sighting.of(batch.serverStart),
      isPublished,
      publish: async (outputs) => {
        await producer.publish(outputs, batch.to, async () => {
          await deps.onStep?.('inside_late_kafka_transaction')
        })
        await deps.onStep?.('after_late_kafka_commit')
        await classingPostgres(() => recordRevisionPublished(sql, batch.id, revision))
        // Nobody asks for the marker any more.
        await deleteGroup(kafka, marker)
      },
    })
  } finally {
    await closeAll(closers)
  }
}

async function settleMarker(
  reader: RangeReader,
  producer: OutputProducer,
  batch: ClaimedBatch,
  marker: string,
): Promise<bigint> {
  const offset = await reader.groupOffset(marker)
  if (offset !== null) return offset
  if (batch.unpublished !== null) {
    throw new PipelineFailure(
      'data_loss',
      'kafka',
      `batch ${batch.id} is counted, but whether its outputs were published nobody knows any more: the offset of group ` +
        `${marker} is gone. Set it to ${batch.to} if they are on the output topic, to ${batch.from} if not, and replay`,
    )
  }
  await producer.publish(producer.collect(), batch.from)
  return batch.from
}

const goneLog = ({ id, topic, partition, from, to }: ClaimedBatch) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `offsets ${from} to ${to - 1n} of ${topic}/${partition} (batch ${id}) are of a log that was truncated or created anew: ` +
      `they cannot be read any more; skip the batch`,
  )
