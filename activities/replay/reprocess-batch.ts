import {
  claimBatch,
  recordRevisionPublished,
  requireUnpublished,
  type ClaimedBatch,
} from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { deleteGroup } from '../../kafka/write/delete-group.ts'
import { openOutputProducer, type OutputProducer } from '../../kafka/write/output-producer.ts'
import { openRangeReader, type RangeReader } from '../../kafka/read/range-reader.ts'
import { traced } from '../../tracing/active-span.ts'
import { publishSpan } from '../publish/publish-span.ts'
import { closeAll, endSession, openSession, type Closer } from '../session/postgres-session.ts'
import { rangeLimits } from '../session/kafka-options.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/** Claims a batch of the ledger and runs `work`, during which nobody else can change the batch. */
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

/** What a batch needs to be processed again, beside the live ingestion of its partition. */
export type Reprocessing = {
  topic: string
  partition: number
  deps: WorkerDeps
  reader: RangeReader
  producer: OutputProducer
  sighting: SightingCache
  /** Whether the outputs of the revision are in Kafka. */
  isPublished: boolean
  /**
   * Publishes the outputs of the revision in one transaction with the marker, and records that in the ledger.
   */
  publish: (outputs: OutputCollector) => Promise<void>
}

/**
 * Runs `work` with a reader and with a producer whose transactional.id belongs to this revision of the batch.
 * The claims in Postgres and in Kafka are both taken before the marker is read (G3, G7). The marker is a
 * group offset that moves in the transaction of the outputs: it is `from` before they are published and `to`
 * afterwards. If it is missing, it expired.
 * @throws {PipelineFailure} data_loss if the log of the offsets is gone, or the marker has expired
 */
export async function withReprocessing<T>(
  deps: WorkerDeps,
  sql: Sql,
  batch: ClaimedBatch,
  work: (reprocessing: Reprocessing) => Promise<T>,
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
    const isPublished = (await settleMarker(sql, reader, producer, batch, marker)) === batch.to
    return await work({
      topic,
      partition,
      deps,
      reader,
      producer,
      sighting: deps.sighting.of(batch.serverStart),
      isPublished,
      publish: async (outputs) => {
        await traced(
          'publish',
          () => publishSpan(batch, batch.to),
          () => publishWithMarker(deps, producer, outputs, batch.to),
        )
        await classingPostgres(() => recordRevisionPublished(sql, batch.id, revision))
        // Nothing reads the marker after this.
        await deleteGroup(kafka, marker)
      },
    })
  } finally {
    await closeAll(closers)
  }
}

async function publishWithMarker(
  { onStep }: WorkerDeps,
  producer: OutputProducer,
  outputs: OutputCollector,
  to: bigint,
): Promise<void> {
  await producer.publish(outputs, to, async () => {
    await onStep?.('inside_late_kafka_transaction')
  })
  await onStep?.('after_late_kafka_commit')
}

/**
 * @returns the marker; sets it to the first offset of the batch if the batch has nothing counted to publish
 */
async function settleMarker(
  sql: Sql,
  reader: RangeReader,
  producer: OutputProducer,
  batch: ClaimedBatch,
  marker: string,
): Promise<bigint> {
  const offset = await reader.groupOffset(marker)
  if (offset !== null) return offset
  if (batch.unpublished !== null) {
    await classingPostgres(() => requireUnpublished(sql, batch))
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
      `they cannot be read any more: skip the batch`,
  )
