import type { Config } from '../../config/config.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import { isTlsProblem } from '../../tls/tls-problem.ts'
import { createKafka } from '../client.ts'
import { classingKafka } from '../failure.ts'
import { READ_COMMITTED, READ_UNCOMMITTED, type Broker, type Cluster } from '../kafkajs-internals.ts'
import { openCluster } from '../open-cluster.ts'
import { readOpenTransactions, withStarts } from './open-transactions.ts'
import { readUnread, type UnreadOfTopic } from './read-unread.ts'
import { readTopicMetadata } from './topic-metadata.ts'
import { readTransactionStarts, type TransactionStart } from './transaction-starts.ts'
import type { Place } from './unread-records.ts'

export type TopicOffsets = {
  /**
   * Reads the log of every partition, in order of partition.
   * @throws {PipelineFailure} transient: Kafka is away, or the topic does not exist
   */
  read(topic: string): Promise<PartitionLog[]>
  /**
   * Reads what retention needs of the records from some places on.
   * @throws {PipelineFailure} as read
   */
  readUnread(topic: string, places: readonly Place[], nowMs: number): Promise<UnreadOfTopic>
  close: () => Promise<void>
}

/** Timestamps of a ListOffsets request that stand for the ends of a log. */
const LATEST = '-1'
const EARLIEST = '-2'

/** Makes a reader of topics' partitions and offsets. It connects at the first read. */
export function createTopicOffsets(config: Config['kafka'], clientId: string): TopicOffsets {
  const kafka = createKafka(config, clientId)
  let kept: Promise<Cluster> | null = null

  const open = (topic: string) => openCluster(kafka, [topic], (cluster) => cluster)
  const discard = async (opened: Promise<Cluster>) => {
    if (kept === opened) kept = null
    await opened.then(
      (cluster) => cluster.disconnect(),
      () => undefined,
    )
  }
  /**
   * Keeps the connections for the topic that is counted until one fails, then drops them together with what
   * kafkajs knew of the brokers.
   */
  const readOnce = async <T>(topic: string, work: (cluster: Cluster) => Promise<T>): Promise<T> => {
    const isCounted = topic === config.topic
    const opened = isCounted && kept !== null ? kept : open(topic)
    if (isCounted) kept = opened
    try {
      return await work(await opened)
    } catch (error) {
      void discard(opened)
      throw error
    } finally {
      if (!isCounted) void discard(opened)
    }
  }

  // The second attempt finds a leader that has moved, and replaces a connection that the broker closed.
  const readTwice = <T>(topic: string, work: (cluster: Cluster) => Promise<T>): Promise<T> =>
    classingKafka(() =>
      readOnce(topic, work).catch((error: unknown) => {
        // It has to be corrected, and is to be said before a probe's time is up.
        if (isTlsProblem(error)) throw error
        return readOnce(topic, work)
      }),
    )

  return {
    read: (topic) => readTwice(topic, (cluster) => readLogs(cluster, topic)),
    readUnread: (topic, places, nowMs) =>
      readTwice(topic, (cluster) => readUnread(cluster, topic, places, nowMs)),
    close: async () => {
      if (kept !== null) await discard(kept)
    },
  }
}

async function readLogs(cluster: Cluster, topic: string): Promise<PartitionLog[]> {
  const metadata = await readTopicMetadata(await cluster.findControllerBroker(), topic)
  const { topicId, partitions } = metadata
  const reading = Array.from(
    Map.groupBy(partitions, ({ leader }) => leader),
    async ([leader, led]) => {
      const broker = await cluster.findBroker({ nodeId: String(leader) })
      const numbers = led.map(({ partition }) => partition)
      return await readFromLeader(broker, topic, topicId, numbers)
    },
  )
  const logs = (await Promise.all(reading)).flat().sort((a, b) => a.partition - b.partition)
  const producerIds = new Set(
    logs.flatMap(({ openTransactions }) => openTransactions.map((open) => open.producerId)),
  )
  if (producerIds.size === 0) return logs
  const starts = await readStarts(cluster, metadata.brokers, [...producerIds])
  return logs.map((log) => ({ ...log, openTransactions: withStarts(log.openTransactions, starts) }))
}

/**
 * Asks every broker, because any of them may coordinate a transaction. The answer of one that is away is
 * missing.
 */
async function readStarts(
  cluster: Cluster,
  brokers: readonly number[],
  producerIds: readonly bigint[],
): Promise<TransactionStart[]> {
  const answers = await Promise.allSettled(
    brokers.map(async (nodeId) =>
      readTransactionStarts(await cluster.findBroker({ nodeId: String(nodeId) }), producerIds),
    ),
  )
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

async function readFromLeader(
  leader: Broker,
  topic: string,
  topicId: string,
  partitions: number[],
): Promise<PartitionLog[]> {
  const list = async (isolationLevel: number, timestamp: string): Promise<Map<number, bigint>> => {
    const topics = [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }]
    const { responses } = await leader.listOffsets({ isolationLevel, topics })
    return new Map(
      responses.flatMap((response) =>
        response.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]),
      ),
    )
  }
  // A leader answers requests of one connection in turn. In this order, records that arrive meanwhile do not
  // look unreadable.
  const [starts, ends, stableEnds] = await Promise.all([
    list(READ_COMMITTED, EARLIEST),
    list(READ_UNCOMMITTED, LATEST),
    list(READ_COMMITTED, LATEST),
  ])
  const logOf = async (partition: number): Promise<PartitionLog> => {
    const end = ends.get(partition) ?? 0n
    const stable = stableEnds.get(partition) ?? 0n
    const isBlocked = stable < end
    return {
      partition,
      topicId,
      start: starts.get(partition) ?? 0n,
      end,
      stableEnd: isBlocked ? stable : end,
      openTransactions: isBlocked ? await readOpenTransactions(leader, topic, partition) : [],
    }
  }
  return await Promise.all(partitions.map(logOf))
}
