import { sendRaw, throwForCode, type Broker } from '../kafkajs-internals.ts'
import { compactString, int8, WireReader } from '../records/wire.ts'

const METADATA = 3
/** The first version with topic ids (KIP-516), Kafka 2.8. kafkajs stops at 6. */
const VERSION = 10

type TopicMetadata = {
  /** A UUID. A topic that is deleted and created again gets another one. */
  topicId: string
  /** Node ids of the cluster's brokers. */
  brokers: number[]
  /** `leader` is the node id of a broker. */
  partitions: { partition: number; leader: number }[]
}

/**
 * Asks a broker for the metadata of a topic.
 * @throws kafkajs's UNKNOWN_TOPIC_OR_PARTITION if the topic does not exist, LEADER_NOT_AVAILABLE if a
 * partition has no leader
 */
export async function readTopicMetadata(broker: Broker, topic: string): Promise<TopicMetadata> {
  const payload = await sendRaw(broker, {
    apiKey: METADATA,
    apiVersion: VERSION,
    apiName: 'Metadata',
    body: encode(topic),
  })
  return decode(new WireReader(payload))
}

const encode = (topic: string): Buffer =>
  Buffer.concat([
    int8(0), // tags of the flexible request header, which kafkajs does not write
    int8(2), // one topic
    Buffer.alloc(16), // by name, not by id
    compactString(topic),
    int8(0),
    int8(0), // no automatic creation
    int8(0), // no authorized operations of the cluster …
    int8(0), // … nor of the topic
    int8(0),
  ])

function decode(reader: WireReader): TopicMetadata {
  reader.tags() // of the response header
  reader.int32() // throttle time
  const brokers = reader.compactArray(() => {
    const nodeId = reader.int32()
    reader.compactString() // host
    reader.int32() // port
    reader.compactString() // rack
    reader.tags()
    return nodeId
  })
  reader.compactString() // cluster id
  reader.int32() // controller id
  const topics = reader.uvarint() - 1
  if (topics !== 1) throw new RangeError(`the metadata response holds ${topics} topics, not one`)
  throwForCode(reader.int16())
  reader.compactString()
  const topicId = reader.uuid()
  reader.int8() // whether it is internal
  return { topicId, brokers, partitions: reader.compactArray(() => decodePartition(reader)) }
}

function decodePartition(reader: WireReader): TopicMetadata['partitions'][number] {
  const code = reader.int16()
  const partition = reader.int32()
  const leader = reader.int32()
  // As long as there is a leader, a replica that is away is no error.
  if (leader < 0) throwForCode(code)
  reader.int32() // leader epoch
  reader.compactArray(reader.int32) // replicas
  reader.compactArray(reader.int32) // in sync
  reader.compactArray(reader.int32) // offline
  reader.tags()
  return { partition, leader }
}
