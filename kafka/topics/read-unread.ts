import type { TopicRetention } from '../../domain/pipeline/unread-retention.ts'
import type { Broker, Cluster } from '../kafkajs-internals.ts'
import { readTopicMetadata } from './topic-metadata.ts'
import { findTimestamps, type Place, readLogBytes, readTopicRetention } from './unread-records.ts'

/** What Kafka says of the unread records of a topic. What it does not say of a partition is left out. */
export type UnreadOfTopic = {
  /** Null: this client may not see it. */
  retention: TopicRetention | null
  /** The latest timestamp up to the place in each partition, Unix milliseconds. */
  timestamps: ReadonlyMap<number, number>
  /** Size of each partition's whole log; only where size limits it. */
  logBytes: ReadonlyMap<number, number>
}

/**
 * Reads what retention needs of the records from some places on.
 * @throws kafkajs's errors
 */
export async function readUnread(
  cluster: Cluster,
  topic: string,
  places: readonly Place[],
  nowMs: number,
): Promise<UnreadOfTopic> {
  const controller = await cluster.findControllerBroker()
  const retention = await readTopicRetention(controller, topic)
  const { partitions } = await readTopicMetadata(controller, topic)
  const leaderOf = new Map(partitions.map(({ partition, leader }) => [partition, leader]))
  const isBySize = retention?.deletes === true && retention.maxBytes !== null
  const read = await Promise.all(
    Array.from(
      Map.groupBy(places, ({ partition }) => leaderOf.get(partition)),
      async ([leader, led]) => {
        if (leader === undefined) return { timestamps: [], bytes: [] }
        const broker = await cluster.findBroker({ nodeId: String(leader) })
        const timestamps = await findTimestamps(broker, topic, led, nowMs)
        const bytes = isBySize ? await bytesOf(broker, topic, led) : new Map<number, number>()
        return { timestamps: [...timestamps], bytes: [...bytes] }
      },
    ),
  )
  return {
    retention,
    timestamps: new Map(read.flatMap(({ timestamps }) => timestamps)),
    logBytes: new Map(read.flatMap(({ bytes }) => bytes)),
  }
}

const bytesOf = (broker: Broker, topic: string, places: readonly Place[]) =>
  readLogBytes(
    broker,
    topic,
    places.map(({ partition }) => partition),
  )
