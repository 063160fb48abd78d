import type { Kafka } from 'kafkajs'
import type { SourceRecord } from '../domain/batch.ts'
import { PipelineFailure } from '../domain/failure.ts'
import { askCoordinator } from './coordinator.ts'
import { classingKafka } from './failure.ts'
import { fetchPartition, type FetchResponse } from './fetch-request.ts'
import { createCluster, GROUP_COORDINATOR, type Broker, type Cluster } from './kafkajs-internals.ts'
import { decodeRecords, isAbortMarker, splitRecordBatches, type RecordBatchView } from './record-batch.ts'
import { readTopicId } from './topic-id.ts'

/** A contiguous piece of a partition: all committed records of `[from, to)`. */
export type FetchedRange = {
  from: bigint
  to: bigint
  records: SourceRecord[]
  /** Offset after the last record that can be read now (the last stable offset). */
  endOffset: bigint
}

export type RangeLimits = {
  /** Bytes of record batches per range; one batch that is larger comes whole. */
  maxBytes: number
  maxRecords: number
}

export type FetchWait = { maxWaitMs: number; minBytes: number }

export type RangeReader = {
  topicId: string
  /** The offsets that can be read at the moment: `[start, end)`. */
  bounds(): Promise<{ start: bigint; end: bigint }>
  /** The committed offset of a consumer group; null when the group has none for this partition. */
  groupOffset(groupId: string): Promise<bigint | null>
  /**
   * Has what follows `from` brought, as bytes, unless it is at hand; waits up to `maxWaitMs` for `minBytes`.
   * Returns whether there is something to take.
   */
  fetch(from: bigint, wait: FetchWait): Promise<boolean>
  /**
   * Decodes a range that starts at `from`, out of what was fetched; empty (`to === from`) when nothing was.
   * `until` ends the range there at the latest.
   */
  take(from: bigint, until?: bigint): FetchedRange
  /** Fetches and takes. */
  read(from: bigint, options: FetchWait & { until?: bigint }): Promise<FetchedRange>
  close: () => Promise<void>
}

/**
 * Reads offset ranges of one partition under read_committed, without a consumer group. One read at a time.
 * Methods throw {PipelineFailure}: data_loss when the offset is no longer or not yet there, permanent when bytes
 * can't be decoded, transient for everything that passes; after a failure the reader is to be closed.
 */
export async function openRangeReader(
  kafka: Kafka,
  topic: string,
  partition: number,
  limits: RangeLimits,
): Promise<RangeReader> {
  const cluster = createCluster(kafka)
  try {
    return await classingKafka(async () => {
      await cluster.connect()
      await cluster.addMultipleTargetTopics([topic])
      const topicId = await readTopicId(await cluster.findControllerBroker(), topic)
      return createReader(cluster, topicId, topic, partition, limits)
    })
  } catch (error) {
    await cluster.disconnect()
    throw error
  }
}

function createReader(
  cluster: Cluster,
  topicId: string,
  topic: string,
  partition: number,
  limits: RangeLimits,
): RangeReader {
  let carried: Carried = { batches: [], records: [], next: null, endOffset: 0n }

  const bounds = () => classingKafka(() => listBounds(cluster, topic, partition))

  const fetch: RangeReader['fetch'] = async (from, wait) => {
    if (carried.next !== from) carried = { batches: [], records: [], next: from, endOffset: 0n }
    if (isEmpty(carried)) {
      const response = await ask(from, wait)
      carried.batches = committedBatches(response)
      carried.endOffset = response.lastStableOffset
    }
    return !isEmpty(carried)
  }

  const take: RangeReader['take'] = (from, until) => takeRange(carried, from, until, limits)

  const ask = async (offset: bigint, { maxWaitMs, minBytes }: FetchWait) => {
    const request = { topic, partition, offset, maxBytes: limits.maxBytes, minBytes, maxWaitMs }
    try {
      return await classingKafka(async () => fetchPartition(await leader(cluster, topic, partition), request))
    } catch (error) {
      if (!(error instanceof PipelineFailure) || error.failureClass !== 'data_loss') throw error
      throw lostRange(topic, partition, offset, await bounds())
    }
  }

  return {
    topicId,
    bounds,
    groupOffset: (groupId) => classingKafka(() => fetchGroupOffset(cluster, groupId, topic, partition)),
    fetch,
    take,
    read: async (from, { until, ...wait }) => {
      await fetch(from, wait)
      return take(from, until)
    },
    close: () => cluster.disconnect(),
  }
}

/** What a fetch brought and no range has taken yet. */
type Carried = {
  batches: (RecordBatchView | Gap)[]
  records: SourceRecord[]
  next: bigint | null
  endOffset: bigint
}
const isEmpty = ({ batches, records }: Carried): boolean => batches.length === 0 && records.length === 0

/** A batch without committed records: control records or an aborted transaction. */
type Gap = { nextOffset: bigint; gap: true }

/** Takes records until a limit is reached; record batches are decoded only when their turn comes. */
function takeRange(
  carried: Carried,
  from: bigint,
  until: bigint | undefined,
  limits: RangeLimits,
): FetchedRange {
  const end = until ?? carried.endOffset
  const records = carried.records.splice(0, limits.maxRecords)
  let to = offsetAfter(records, from)
  let bytes = 0
  while (
    carried.records.length === 0 &&
    to < end &&
    records.length < limits.maxRecords &&
    bytes < limits.maxBytes
  ) {
    const batch = carried.batches.shift()
    if (batch === undefined) break
    to = batch.nextOffset
    if ('gap' in batch) continue
    bytes += batch.bytes.length
    carried.records = decodeRecords(batch).filter(({ offset }) => offset >= from && offset < end)
    records.push(...carried.records.splice(0, limits.maxRecords - records.length))
    if (carried.records.length > 0) to = offsetAfter(records, from)
  }
  if (to > end) to = end
  // What lies behind `until` was dropped: the next read fetches again.
  carried.next = until === undefined ? to : null
  return { from, to, records, endOffset: carried.endOffset }
}

const offsetAfter = (records: SourceRecord[], from: bigint): bigint => {
  const last = records.at(-1)
  return last === undefined ? from : last.offset + 1n
}

/**
 * Drops control batches and batches of aborted transactions, keeping their offsets as gaps.
 * The rule is the Java consumer's: a producer listed as aborted from an offset stays so until its ABORT marker.
 */
function committedBatches({
  recordSet,
  abortedTransactions,
  lastStableOffset,
}: FetchResponse): (RecordBatchView | Gap)[] {
  const aborted = abortedTransactions.toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const abortedProducers = new Set<bigint>()
  const result: (RecordBatchView | Gap)[] = []
  for (const batch of splitRecordBatches(recordSet)) {
    if (batch.baseOffset >= lastStableOffset) break
    while (aborted[0] !== undefined && aborted[0].firstOffset < batch.nextOffset) {
      abortedProducers.add(aborted[0].producerId)
      aborted.shift()
    }
    if (batch.control && isAbortMarker(batch)) abortedProducers.delete(batch.producerId)
    const hidden = batch.control || (batch.transactional && abortedProducers.has(batch.producerId))
    result.push(hidden ? { nextOffset: batch.nextOffset, gap: true } : batch)
  }
  return result
}

async function leader(cluster: Cluster, topic: string, partition: number): Promise<Broker> {
  await cluster.refreshMetadataIfNecessary()
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))
  if (nodeId === undefined) {
    throw new PipelineFailure(
      'transient',
      'kafka',
      `Kafka: ${topic} has no partition ${partition} at the moment`,
    )
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
      throw new PipelineFailure(
        'transient',
        'kafka',
        `Kafka: ${topic} has no partition ${partition} at the moment`,
      )
    }
    return BigInt(offset)
  }
  return { start: await ask(true), end: await ask(false) }
}

async function fetchGroupOffset(
  cluster: Cluster,
  groupId: string,
  topic: string,
  partition: number,
): Promise<bigint | null> {
  const answer = await askCoordinator(cluster, groupId, GROUP_COORDINATOR, (coordinator) =>
    coordinator.offsetFetch({ groupId, topics: [{ topic, partitions: [{ partition }] }] }),
  )
  const offset = BigInt(answer.responses[0]?.partitions[0]?.offset ?? '-1')
  // -1 means unknown, not 0: offsets of a group without members expire (offsets.retention.minutes).
  return offset < 0n ? null : offset
}

/** Names the offsets that are gone; data loss is never skipped silently (G8). */
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
