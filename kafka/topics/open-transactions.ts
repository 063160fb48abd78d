import type { OpenTransaction } from '../../domain/pipeline/partition-log.ts'
import { asTimestamp, recordedAtMs } from '../../domain/login/record-timestamp.ts'
import { sendRaw, type Broker } from '../kafkajs-internals.ts'
import type { TransactionStart } from './transaction-starts.ts'
import { compactString, int32, int8, WireReader } from '../records/wire.ts'

/** API key from KIP-664, Kafka 2.8. */
const DESCRIBE_PRODUCERS = 61
const VERSION = 0

/**
 * The open transactions of a partition, in order of first offset, as its leader knows them. The leader does
 * not know when they began; see `withStarts`. Empty if the broker is older than the request, or does not let
 * this client read the topic.
 * @throws kafkajs's errors of the connection
 */
export async function readOpenTransactions(
  leader: Broker,
  topic: string,
  partition: number,
): Promise<OpenTransaction[]> {
  if (leader.versions?.[DESCRIBE_PRODUCERS] === undefined) return []
  const payload = await sendRaw(leader, {
    apiKey: DESCRIBE_PRODUCERS,
    apiVersion: VERSION,
    apiName: 'DescribeProducers',
    body: encode(topic, partition),
  })
  return decode(new WireReader(payload)).sort((a, b) => Number(a.firstOffset - b.firstOffset))
}

const encode = (topic: string, partition: number): Buffer =>
  Buffer.concat([
    int8(0), // tags of the flexible request header, which kafkajs does not write
    int8(2), // one topic
    compactString(topic),
    int8(2), // one partition
    int32(partition),
    int8(0),
    int8(0),
  ])

function decode(reader: WireReader): OpenTransaction[] {
  reader.tags() // of the response header
  reader.int32() // throttle time
  const topics = reader.compactArray(() => {
    reader.compactString()
    const partitions = reader.compactArray(() => {
      reader.int32() // partition
      reader.int16() // error code: without producers then
      reader.compactString() // error message
      const producers = reader.compactArray(() => decodeProducer(reader))
      reader.tags()
      return producers
    })
    reader.tags()
    return partitions
  })
  return topics.flat(2).filter(({ firstOffset }) => firstOffset >= 0n)
}

/** Adds to open transactions what their coordinators know of them. */
export function withStarts(
  transactions: readonly OpenTransaction[],
  starts: readonly TransactionStart[],
): OpenTransaction[] {
  const byProducer = new Map(starts.map((start) => [start.producerId, start]))
  return transactions.map((transaction) => {
    const start = byProducer.get(transaction.producerId)
    return start === undefined
      ? transaction
      : { ...transaction, transactionalId: start.transactionalId, sinceMs: start.startMs }
  })
}

/** `firstOffset` is -1 for a producer without an open transaction. */
function decodeProducer(reader: WireReader): OpenTransaction {
  const producerId = reader.int64()
  reader.int32() // producer epoch
  reader.int32() // last sequence
  const lastWriteMs = recordedAtMs(asTimestamp(reader.int64()))
  reader.int32() // coordinator epoch
  const firstOffset = reader.int64()
  reader.tags()
  return { producerId, firstOffset, lastWriteMs, transactionalId: null, sinceMs: null }
}
