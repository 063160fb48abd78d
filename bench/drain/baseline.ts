import type { Consumer, EachBatchPayload, Producer } from 'kafkajs'
import { loadProcessConfig } from '../../config/environment.ts'
import { connectPostgres } from '../../db/connection/connect.ts'
import { createKafka } from '../../kafka/client.ts'
import { commitCounts } from './baseline-counts.ts'
import { decodeBatch, type EnrichedLogin } from './baseline-decode.ts'

// What a good engineer would write without an orchestrator: a consumer group with eachBatch, one Postgres
// transaction for each batch, then one Kafka transaction with the outputs and the group offset. It counts and
// publishes exactly once. It has no rejects, login rows, insights, sightings, fencing or commands, and shows
// no state.

const MAX_WAIT_MS = 50
/** kafkajs groups the messages of one send in quadratic time, which shows from a few thousand on. */
const MESSAGES_PER_SEND = 2_000
const STATEMENT_TIMEOUT_MS = 30_000

const { kafka: settings, database, ingest } = loadProcessConfig()
/** The largest batch is as large as Rollcall's largest. */
const maxBytesPerPartition = ingest.batchMaxBytes
/** All partitions of the benchmark's topic at a time. */
const concurrency = settings.partitions
const kafka = createKafka(settings, 'baseline')
const sql = connectPostgres(database.url, {
  applicationName: 'baseline',
  maxConnections: concurrency,
  statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
})
/** One for each partition: a producer of kafkajs runs one transaction at a time. */
const producers = new Map<number, Promise<Producer>>()
const consumer: Consumer = kafka.consumer({
  groupId: settings.groupId,
  maxBytesPerPartition,
  maxBytes: concurrency * maxBytesPerPartition,
  maxWaitTimeInMs: MAX_WAIT_MS,
})

process.once('SIGTERM', () => {
  void stop()
})
await consumer.connect()
await consumer.subscribe({ topics: [settings.topic], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: concurrency,
  eachBatch,
})

async function eachBatch(payload: EachBatchPayload): Promise<void> {
  const { batch } = payload
  const next = BigInt(batch.lastOffset()) + 1n
  const logins = decodeBatch(batch, settings.partitions)
  await commitCounts(sql, batch.partition, logins, next)
  await publish(batch.partition, logins, next)
  payload.resolveOffset(batch.lastOffset())
  await payload.heartbeat()
}

async function publish(partition: number, logins: EnrichedLogin[], next: bigint): Promise<void> {
  const producer = await producerOf(partition)
  const transaction = await producer.transaction()
  try {
    for (let first = 0; first < logins.length; first += MESSAGES_PER_SEND) {
      const messages = logins.slice(first, first + MESSAGES_PER_SEND).map(({ message }) => message)
      await transaction.send({ topic: settings.processedTopic, messages })
    }
    const partitions = [{ partition, offset: String(next) }]
    await transaction.sendOffsets({
      consumerGroupId: settings.groupId,
      topics: [{ topic: settings.topic, partitions }],
    })
    await transaction.commit()
  } catch (error) {
    await transaction.abort()
    throw error
  }
}

function producerOf(partition: number): Promise<Producer> {
  const open = async () => {
    const producer = kafka.producer({
      transactionalId: `${settings.groupId}-${partition}`,
      maxInFlightRequests: 1,
      retry: { retries: 5 },
    })
    await producer.connect()
    return producer
  }
  const known = producers.get(partition) ?? open()
  producers.set(partition, known)
  return known
}

async function stop(): Promise<void> {
  await consumer.disconnect()
  await Promise.allSettled([...producers.values()].map(async (producer) => (await producer).disconnect()))
  await sql.end({ timeout: 1 })
  process.exit(0)
}
