import type { Kafka } from '../../../kafka/client.ts'
import { fetchPartition } from '../../../kafka/read/fetch-request.ts'
import { createCluster } from '../../../kafka/kafkajs-internals.ts'
import { splitRecordBatches, type RecordBatchView } from '../../../kafka/records/record-batch.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const ATTRIBUTES_AT = 21
const RECORD_COUNT_AT = 57
const ALL = { maxBytes: 50 * 1024 * 1024, minBytes: 1, maxWaitMs: 1_000 }

/** The record batches of partition 0 as they lie in the log: how each is compressed, and how many records it has. */
export async function recordBatchesOf(
  kafka: Kafka,
  topic: string,
): Promise<{ codec: string; records: number }[]> {
  const cluster = createCluster(kafka)
  await cluster.connect()
  try {
    await cluster.addMultipleTargetTopics([topic])
    const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
    const broker = await cluster.findBroker({ nodeId })
    const batches: RecordBatchView[] = []
    for (let offset = 0n, end = 1n; offset < end; offset = batches.at(-1)?.nextOffset ?? end) {
      // Of one segment, however much may be fetched.
      const answer = await fetchPartition(broker, { topic, partition: 0, offset, ...ALL })
      batches.push(...splitRecordBatches(answer.recordSet))
      end = answer.lastStableOffset
    }
    return batches.map(describeBatch)
  } finally {
    await cluster.disconnect()
  }
}

const describeBatch = ({ bytes }: RecordBatchView) => ({
  codec: codecs[bytes.readInt16BE(ATTRIBUTES_AT) & 7] ?? 'unknown',
  records: bytes.readInt32BE(RECORD_COUNT_AT),
})
