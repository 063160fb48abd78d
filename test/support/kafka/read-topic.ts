import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Kafka } from '../../../kafka/client.ts'

mendAbortedTransactions()

export type TopicRecord = {
  partition: number
  offset: string
  key: string | null
  value: Buffer | null
  headers: Record<string, string>
}

/** kafkajs says nothing of a fetch that brings control records alone: those at the end must come with what they decide. */
const FETCH_MAX_BYTES = 50 * 1024 * 1024

/**
 * Everything that a `read_committed` reader sees of a topic, by kafkajs's own consumer: the product's reader must not
 * vouch for the product's writer.
 */
export async function readTopic(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const records: TopicRecord[] = []
  const remaining = await unreadPartitions(kafka, topic)
  if (remaining.size === 0) return records
  const consumer = kafka.consumer({
    groupId: `reader-${randomUUID()}`,
    readUncommitted: false,
    maxBytes: FETCH_MAX_BYTES,
    maxBytesPerPartition: FETCH_MAX_BYTES,
  })
  const { promise: done, resolve } = Promise.withResolvers<undefined>()
  // Not in eachBatch, which is not called for a batch in which everything is aborted.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    if (BigInt(lastOffset) + 1n >= (remaining.get(partition) ?? 0n)) remaining.delete(partition)
    if (remaining.size === 0) resolve(undefined)
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachBatchAutoResolve: true,
    eachBatch: ({ batch }) => {
      for (const message of batch.messages) {
        records.push({
          partition: batch.partition,
          offset: message.offset,
          key: message.key?.toString() ?? null,
          value: message.value,
          headers: textHeaders(message.headers),
        })
      }
      return Promise.resolve()
    },
  })
  await done
  await consumer.disconnect()
  return records
}

async function unreadPartitions(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return new Map(
    offsets.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]),
  )
}

const textHeaders = (headers: Record<string, unknown> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

type FetchAnswer = {
  responses: { partitions: { abortedTransactions: { producerId: string; firstOffset: string }[] }[] }[]
}

/**
 * kafkajs 2.2.4 takes the list of aborted transactions for one in order of first offset, but brokers list them in the
 * order in which they ended: it would show records of those that began before the one listed first.
 */
function mendAbortedTransactions(): void {
  const load = createRequire(import.meta.url)
  const response = load('kafkajs/src/protocol/requests/fetch/v11/response') as {
    decode: (bytes: Buffer) => Promise<FetchAnswer>
  }
  const original = response.decode
  response.decode = async (bytes) => {
    const answer = await original(bytes)
    for (const { abortedTransactions } of answer.responses.flatMap(({ partitions }) => partitions))
      abortedTransactions.sort((a, b) => Number(BigInt(a.firstOffset) - BigInt(b.firstOffset)))
    return answer
  }
}
