import type { Kafka } from 'kafkajs'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { classingKafka } from '../failure.ts'
import { fetchPartition, type FetchRequest, type FetchResponse } from './fetch-request.ts'
import { readGroupOffset } from '../write/group-offset.ts'
import type { Broker, Cluster } from '../kafkajs-internals.ts'
import { openCluster } from '../open-cluster.ts'
import {
  emptyBuffer,
  type FetchedRange,
  fillBuffer,
  fullness,
  isEmpty,
  type RangeLimits,
  takeRange,
} from './take-range.ts'
import { readTopicMetadata } from '../topics/topic-metadata.ts'

export type FetchWait = {
  maxWaitMs: number
  minBytes: number
  /** Defaults to the bytes of a range. A larger record batch comes whole. */
  maxBytes?: number
}

export type RangeReader = {
  topicId: string
  /** Whether the topic has the partition. A re-created topic may have fewer. */
  exists(): Promise<boolean>
  /** The offsets that can be read at the moment: `[start, end)`. */
  bounds(): Promise<{ start: bigint; end: bigint }>
  /**
   * The committed offset of a consumer group; null if the group has none for this partition.
   * @throws {PipelineFailure} data_loss if a transaction that moves the offset does not end
   */
  groupOffset(groupId: string): Promise<bigint | null>
  /**
   * Fetches the bytes that follow `from`, unless they are fetched already. Waits up to `maxWaitMs` for
   * `minBytes`. Returns how much of a full range there is to take, from 1 to FULL; 0 if there is nothing.
   */
  fetch(from: bigint, wait: FetchWait): Promise<number>
  /** Offset after the last acknowledged record at the last fetch, whether it can be read yet or not. */
  endOffset(): bigint
  /**
   * Decodes a range that starts at `from` from what was fetched; it is empty (`to === from`) if nothing was.
   * The range ends at `until` at the latest.
   * @throws {UndecodableFailure} the records at `from` cannot be decoded; the next call can take what follows
   * them
   */
  take(from: bigint, until?: bigint): FetchedRange
  /** Fetches, then takes a range. */
  read(from: bigint, options: FetchWait & { until?: bigint }): Promise<FetchedRange>
  close: () => Promise<void>
}

/**
 * Opens a reader of offset ranges of one partition under read_committed, without a consumer group. It allows
 * one read at a time. Its methods throw a PipelineFailure: data_loss if the offset is not in the log,
 * transient for everything that passes. The caller must then close the reader.
 */
export async function openRangeReader(
  kafka: Kafka,
  topic: string,
  partition: number,
  limits: RangeLimits,
): Promise<RangeReader> {
  return await classingKafka(() =>
    openCluster(kafka, [topic], async (cluster) => {
      const { topicId } = await readTopicMetadata(await cluster.findControllerBroker(), topic)
      return createReader(cluster, topicId, topic, partition, limits)
    }),
  )
}

function createReader(
  cluster: Cluster,
  topicId: string,
  topic: string,
  partition: number,
  limits: RangeLimits,
): RangeReader {
  let buffer = emptyBuffer(null)

  const fetch: RangeReader['fetch'] = async (from, { maxWaitMs, minBytes, maxBytes = limits.maxBytes }) => {
    if (buffer.next !== from) buffer = emptyBuffer(from)
    if (isEmpty(buffer)) {
      const request = { topic, partition, offset: from, maxBytes, minBytes, maxWaitMs }
      fillBuffer(buffer, await fetchFromLeader(cluster, request))
    }
    return fullness(buffer, limits)
  }

  const take: RangeReader['take'] = (from, until) => takeRange(buffer, from, until, limits)

  return {
    topicId,
    exists: () => classingKafka(() => hasPartition(cluster, topic, partition)),
    bounds: () => classingKafka(() => listBounds(cluster, topic, partition)),
    groupOffset: (groupId) => classingKafka(() => readGroupOffset(cluster, groupId, topic, partition)),
    fetch,
    endOffset: () => buffer.endOffset,
    take,
    read: async (from, { until, ...wait }) => {
      await fetch(from, wait)
      return take(from, until)
    },
    close: () => cluster.disconnect(),
  }
}

async function hasPartition(cluster: Cluster, topic: string, partition: number): Promise<boolean> {
  await cluster.refreshMetadata()
  return cluster.findTopicPartitionMetadata(topic).some(({ partitionId }) => partitionId === partition)
}

/** @throws {PipelineFailure} data_loss, with the offsets that are gone, if the offset is not in the log */
async function fetchFromLeader(cluster: Cluster, request: FetchRequest): Promise<FetchResponse> {
  const { topic, partition, offset } = request
  try {
    return await classingKafka(async () => fetchPartition(await leader(cluster, topic, partition), request))
  } catch (error) {
    if (!(error instanceof PipelineFailure) || error.failureClass !== 'data_loss') throw error
    const bounds = await classingKafka(() => listBounds(cluster, topic, partition))
    throw lostRange(topic, partition, offset, bounds)
  }
}

async function leader(cluster: Cluster, topic: string, partition: number): Promise<Broker> {
  await cluster.refreshMetadataIfNecessary()
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))
  if (nodeId === undefined) {
    throw noPartition(topic, partition)
  }
  return await cluster.findBroker({ nodeId })
}

async function listBounds(
  cluster: Cluster,
  topic: string,
  partition: number,
): Promise<{ start: bigint; end: bigint }> {
  const ask = async (fromBeginning: boolean) => {
    const [answer] = await cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions: [{ partition }] }])
    const offset = answer?.partitions[0]?.offset
    if (offset === undefined) {
      throw noPartition(topic, partition)
    }
    return BigInt(offset)
  }
  return { start: await ask(true), end: await ask(false) }
}

const noPartition = (topic: string, partition: number) =>
  new PipelineFailure('transient', 'kafka', `Kafka: ${topic} has no partition ${partition} at the moment`)

/** Names the offsets that are gone. Data loss is never skipped silently (G8). */
export function lostRange(
  topic: string,
  partition: number,
  offset: bigint,
  bounds: { start: bigint; end: bigint },
): PipelineFailure {
  const where = `${topic}/${partition}`
  const message =
    offset < bounds.start
      ? `offsets ${offset} to ${bounds.start - 1n} of ${where} are gone from Kafka (retention); the log starts at ${bounds.start}`
      : `the log of ${where} ends at ${bounds.end}, before the checkpoint ${offset}: it was truncated, or the topic was re-created`
  return new PipelineFailure('data_loss', 'kafka', message)
}
