import { crc32c } from '@node-rs/crc32'
import type { Kafka } from '../../kafka/client.ts'
import { encodeRecordBatch, type OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import { createCluster, sendRaw, throwForCode } from '../../kafka/kafkajs-internals.ts'
import { int16, int32, string, WireReader } from '../../kafka/records/wire.ts'

type RawProducer = {
  /**
   * Sends a record batch for each partition, in one request. Resolves when the broker has acknowledged all.
   */
  send(byPartition: ReadonlyMap<number, OutputRecord[]>): Promise<void>
  close: () => Promise<void>
}

const PRODUCE = 0
const PRODUCE_VERSION = 7
const ACKS_ALL = -1
const PRODUCE_TIMEOUT_MS = 10_000
const NO_PRODUCER = { producerId: -1n, producerEpoch: -1, firstSequence: -1 }
const CRC_AT = 17
const ATTRIBUTES_AT = 21

/**
 * Opens a producer without transactions or idempotence. That of kafkajs takes five times the CPU, which the
 * measured programs would lack on a small machine.
 */
export async function openRawProducer(kafka: Kafka, topic: string): Promise<RawProducer> {
  const cluster = createCluster(kafka)
  await cluster.connect()
  await cluster.addMultipleTargetTopics([topic])
  return {
    send: async (byPartition) => {
      // The stack has a single broker, which leads all partitions.
      const [nodeId = '-1'] = Object.keys(cluster.findLeaderForPartitions(topic, [...byPartition.keys()]))
      const broker = await cluster.findBroker({ nodeId })
      const payload = await sendRaw(broker, {
        apiKey: PRODUCE,
        apiVersion: PRODUCE_VERSION,
        apiName: 'Produce',
        body: produceRequest(topic, byPartition),
      })
      throwProduceErrors(new WireReader(payload))
    },
    close: () => cluster.disconnect(),
  }
}

/** Encodes a record batch that belongs to no transaction. */
function plainBatch(records: OutputRecord[]): Buffer {
  const batch = encodeRecordBatch(records, NO_PRODUCER, Date.now())
  batch.writeInt16BE(0, ATTRIBUTES_AT)
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CRC_AT)
  return batch
}

const produceRequest = (topic: string, byPartition: ReadonlyMap<number, OutputRecord[]>): Buffer =>
  Buffer.concat([
    int16(-1), // no transactional.id
    int16(ACKS_ALL),
    int32(PRODUCE_TIMEOUT_MS),
    int32(1),
    string(topic),
    int32(byPartition.size),
    ...Array.from(byPartition, ([partition, records]) => {
      const batch = plainBatch(records)
      return [int32(partition), int32(batch.length), batch]
    }).flat(),
  ])

function throwProduceErrors(reader: WireReader): void {
  reader.array(() => {
    reader.string()
    reader.array(() => {
      reader.int32() // partition
      throwForCode(reader.int16())
      reader.bytes(24) // base offset, log append time, log start offset
    })
  })
}
