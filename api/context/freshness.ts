import type { PartitionProgress } from '../../db/read/ledger/progress.ts'
import type { ReadSource } from '../../db/nodes/snapshot.ts'
import { FUTURE_TOLERANCE_MS } from '../../domain/fields/event-time.ts'
import { backlogOf, type PartitionLog } from '../../domain/pipeline/partition-log.ts'
import { type IncompleteReason, parkedReason, reasonsOf, type Standing } from './incomplete-reasons.ts'
import type { KafkaBounds, ReadKafkaBounds } from './source-types.ts'

export type Freshness = {
  node: string
  source: ReadSource
  readAt: Date
  replicaLagMs: number | null
  watermark: Date | null
  lag: bigint | null
  parkedOffsets: bigint
  complete: boolean
  /** None when complete. */
  incompleteBecause: IncompleteReason[]
  /**
   * Logins before it are counted, Unix milliseconds: the least of the latest event times counted from partitions that have
   * something unread, Infinity without any, -Infinity when it is not known.
   */
  countedToMs: number
  /** What is parked can be of any time before it; -Infinity: nothing is parked. */
  parkedToMs: number
}

export type Snapshot = Pick<Freshness, 'node' | 'source' | 'readAt' | 'replicaLagMs'>

/** How fresh and how complete an answer is (G9). */
export function freshnessOf(
  { node, source, readAt, replicaLagMs }: Snapshot,
  progress: readonly PartitionProgress[],
  kafka: KafkaBounds,
): Freshness {
  const standings = kafka.ok ? standingsOf(progress, kafka.bounds) : null
  const incompleteBecause = [
    ...(standings === null ? [unknownKafka(kafka)] : standings.flatMap(reasonsOf)),
    ...progress.flatMap(parkedReason),
  ]
  const watermark = watermarkOf(progress, standings)
  return {
    node,
    source,
    readAt,
    replicaLagMs,
    watermark,
    lag: standings === null ? null : lagOf(standings),
    parkedOffsets: progress.reduce((sum, row) => sum + row.parked_offsets, 0n),
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    countedToMs: standings === null ? (watermark?.getTime() ?? -Infinity) : countedTo(progress, standings),
    parkedToMs: Math.max(
      ...progress.map(({ parked_at: at }) =>
        at === null ? -Infinity : at.getTime() + FUTURE_TOLERANCE_MS + 1,
      ),
      -Infinity,
    ),
  }
}

/** Every partition that Kafka has or that was ever read, in order. */
export function standingsOf(
  progress: readonly PartitionProgress[],
  bounds: readonly PartitionLog[],
): Standing[] {
  const numbers = new Set([...progress, ...bounds].map(({ partition }) => partition))
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) =>
      standingOf(
        number,
        progress.find(({ partition }) => partition === number) ?? null,
        bounds.find(({ partition }) => partition === number) ?? null,
      ),
    )
}

/** @param log null: the topic has no such partition */
export function standingOf(
  partition: number,
  progress: PartitionProgress | null,
  log: PartitionLog | null,
): Standing {
  const position =
    progress === null
      ? null
      : { topicId: progress.topic_id, nextOffset: progress.next_offset, isRetired: progress.is_retired }
  return { partition, log, checkpoint: progress?.next_offset ?? null, backlog: backlogOf(log, position) }
}

/** Null when it is not known of one. */
export const lagOf = (standings: readonly Standing[]): bigint | null =>
  standings.reduce<bigint | null>(
    (sum, { backlog: { unread } }) => (sum === null || unread === null ? null : sum + unread),
    0n,
  )

/**
 * The logs of a topic beside its checkpoints. What is known of Kafka may be a second old and the checkpoint past it by
 * then: where that can be, Kafka is asked again, so that a checkpoint past the end of a log is one.
 */
export async function logsFor(
  kafkaBounds: ReadKafkaBounds,
  topic: string,
  reading: Promise<readonly PartitionProgress[]>,
): Promise<KafkaBounds> {
  const [kafka, progress] = await Promise.all([kafkaBounds(topic), reading])
  const isOld = kafka.ok && standingsOf(progress, kafka.bounds).some(({ backlog }) => backlog.loss !== null)
  return isOld ? await kafkaBounds(topic, performance.now()) : kafka
}

function watermarkOf(
  progress: readonly PartitionProgress[],
  standings: readonly Standing[] | null,
): Date | null {
  const counted = new Map(
    progress.flatMap(({ partition, watermark }) =>
      watermark === null ? [] : [[partition, watermark.getTime()]],
    ),
  )
  // Who cannot tell whether a partition has something unread takes it for granted.
  const mayLack =
    standings?.map(({ partition, backlog }) => ({ partition, unread: backlog.unread })) ??
    progress
      .filter(({ is_retired: isRetired }) => !isRetired)
      .map(({ partition }) => ({ partition, unread: null }))
  const isUncounted = mayLack.some(({ partition, unread }) => !counted.has(partition) && unread !== 0n)
  if (counted.size === 0 || isUncounted) return null
  return new Date(Math.min(...counted.values()))
}

/** A partition of which nothing is unread holds nothing back, however long ago its latest login is. */
function countedTo(progress: readonly PartitionProgress[], standings: readonly Standing[]): number {
  const behind = standings.filter(({ backlog: { unread, loss } }) => unread !== 0n || loss !== null)
  const watermarks = behind.map(
    (standing) =>
      progress.find(({ partition }) => partition === standing.partition)?.watermark?.getTime() ?? -Infinity,
  )
  return Math.min(...watermarks, Infinity)
}

const unknownKafka = (kafka: KafkaBounds): IncompleteReason => ({
  cause: 'kafka_unknown',
  partition: null,
  offsets: null,
  message: `how much is not read is not known: ${kafka.ok ? '' : kafka.message}`,
})
