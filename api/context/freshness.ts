import { positionOf } from '../../db/read/ledger/answer-position.ts'
import type { PartitionProgress } from '../../db/read/ledger/progress.ts'
import type { ReadSource } from '../../db/nodes/snapshot.ts'
import type { AnswerPosition } from '../../domain/pipeline/answer-position.ts'
import { FUTURE_TOLERANCE_MS } from '../../domain/fields/event-time.ts'
import { backlogOf, type PartitionLog } from '../../domain/pipeline/partition-log.ts'
import {
  type IncompleteReason,
  parkedReason,
  type PartitionBacklog,
  reasonsOf,
} from './incomplete-reasons.ts'
import type { KafkaBounds, ReadKafkaBounds } from './source-types.ts'

export type Freshness = {
  node: string
  source: ReadSource
  readAt: Date
  replicaLagMs: number | null
  watermark: Date | null
  lag: bigint | null
  parkedOffsets: bigint
  isComplete: boolean
  /** Empty when it is complete. */
  incompleteReasons: IncompleteReason[]
  /** What counts include. */
  position: AnswerPosition
  /**
   * Logins before it are counted, Unix milliseconds: the earliest, over the partitions with a backlog, of the
   * latest event times counted. Infinity when no partition has a backlog, -Infinity when one of them has
   * counted nothing. While Kafka cannot be asked, the watermark.
   */
  countedToMs: number
  /**
   * Logins of parked batches have event times before it, Unix milliseconds; -Infinity when nothing is parked.
   */
  parkedToMs: number
}

type Snapshot = Pick<Freshness, 'node' | 'source' | 'readAt' | 'replicaLagMs'> & { topic: string }

/** How fresh and how complete the answers from a snapshot are (G9). */
export function freshnessOf(
  { node, source, readAt, replicaLagMs, topic }: Snapshot,
  progress: readonly PartitionProgress[],
  kafka: KafkaBounds,
): Freshness {
  const backlogs = kafka.ok ? backlogsOf(progress, kafka.bounds) : null
  const incompleteReasons = [
    ...(backlogs?.flatMap(reasonsOf) ?? []),
    ...(kafka.ok ? [] : [unknownKafka]),
    ...progress.flatMap(parkedReason),
  ]
  const watermark = watermarkOf(progress, backlogs)
  return {
    node,
    source,
    readAt,
    replicaLagMs,
    watermark,
    lag: backlogs === null ? null : lagOf(backlogs),
    parkedOffsets: progress.reduce((sum, row) => sum + row.parked_offsets, 0n),
    isComplete: incompleteReasons.length === 0,
    incompleteReasons,
    position: positionOf(topic, progress),
    countedToMs: backlogs === null ? (watermark?.getTime() ?? -Infinity) : countedTo(progress, backlogs),
    parkedToMs: Math.max(
      ...progress.map(({ parked_at: at }) =>
        at === null ? -Infinity : at.getTime() + FUTURE_TOLERANCE_MS + 1,
      ),
      -Infinity,
    ),
  }
}

/** The backlogs of all partitions that Kafka has or that were ever read, in order of their numbers. */
function backlogsOf(
  progress: readonly PartitionProgress[],
  bounds: readonly PartitionLog[],
): PartitionBacklog[] {
  const numbers = new Set([...progress, ...bounds].map(({ partition }) => partition))
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) =>
      partitionBacklog(
        number,
        progress.find(({ partition }) => partition === number) ?? null,
        bounds.find(({ partition }) => partition === number) ?? null,
      ),
    )
}

/**
 * The backlog of a partition.
 * @param progress null: the partition was never read
 * @param log null: the topic has no such partition
 */
export function partitionBacklog(
  partition: number,
  progress: PartitionProgress | null,
  log: PartitionLog | null,
): PartitionBacklog {
  const position =
    progress === null
      ? null
      : { topicId: progress.topic_id, nextOffset: progress.next_offset, isRetired: progress.is_retired }
  return { partition, log, checkpoint: progress?.next_offset ?? null, ...backlogOf(log, position) }
}

/** Unread offsets of all partitions; null when the number is not known for one of them. */
export const lagOf = (backlogs: readonly PartitionBacklog[]): bigint | null =>
  backlogs.reduce<bigint | null>(
    (sum, { unread }) => (sum === null || unread === null ? null : sum + unread),
    0n,
  )

/**
 * The logs of a topic, to be compared with its checkpoints. The logs may be a second old, so that a
 * checkpoint may already be past their end. If anything looks lost, Kafka is asked again: what looks lost
 * then is lost.
 * @param reading the checkpoints, which may still be being read
 */
export async function logsFor(
  kafkaBounds: ReadKafkaBounds,
  topic: string,
  reading: Promise<readonly PartitionProgress[]>,
): Promise<KafkaBounds> {
  const [kafka, progress] = await Promise.all([kafkaBounds(topic), reading])
  const looksLost = kafka.ok && backlogsOf(progress, kafka.bounds).some(({ loss }) => loss !== null)
  return looksLost ? await kafkaBounds(topic, performance.now()) : kafka
}

function watermarkOf(
  progress: readonly PartitionProgress[],
  backlogs: readonly PartitionBacklog[] | null,
): Date | null {
  const counted = new Map(
    progress.flatMap(({ partition, watermark }) =>
      watermark === null ? [] : [[partition, watermark.getTime()]],
    ),
  )
  // Without Kafka, every partition that is not retired may have unread records.
  const mayLack =
    backlogs?.map(({ partition, unread }) => ({ partition, unread })) ??
    progress
      .filter(({ is_retired: isRetired }) => !isRetired)
      .map(({ partition }) => ({ partition, unread: null }))
  const isUncounted = mayLack.some(({ partition, unread }) => !counted.has(partition) && unread !== 0n)
  if (counted.size === 0 || isUncounted) return null
  return new Date(Math.min(...counted.values()))
}

/** A partition without a backlog does not count, however long ago its latest login was. */
function countedTo(progress: readonly PartitionProgress[], backlogs: readonly PartitionBacklog[]): number {
  const behind = backlogs.filter(({ unread, loss }) => unread !== 0n || loss !== null)
  const watermarks = behind.map(
    (backlog) =>
      progress.find(({ partition }) => partition === backlog.partition)?.watermark?.getTime() ?? -Infinity,
  )
  return Math.min(...watermarks, Infinity)
}

/** Why Kafka does not answer may name brokers, which is for who may see failures (ingestion.problems). */
const unknownKafka: IncompleteReason = {
  cause: 'kafka_unknown',
  partition: null,
  offsets: null,
  message: 'how many offsets are unread is not known: Kafka does not answer, and ingestion.problems says why',
}
