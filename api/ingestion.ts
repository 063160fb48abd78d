import type { Part } from '../domain/failure.ts'
import type { IngestState } from '../domain/pipeline-state.ts'
import { type LastBatch, type PartitionProgress, readLastBatches, readProgress } from '../db/read/progress.ts'
import { ReadFailure } from '../db/read/failure.ts'
import type { PartitionStatus } from '../workflows/contract.ts'
import type { ApiContext } from './context.ts'
import { NotFoundError } from './errors.ts'
import { type PartitionBounds, unread } from './freshness.ts'

export type IngestionProblem = { part: Part; message: string }

/** Each source is null where it is away or does not know the partition. */
export type IngestionPartition = {
  partition: number
  status: PartitionStatus | null
  progress: PartitionProgress | null
  lastBatch: LastBatch | null
  bounds: PartitionBounds | null
}

export type Ingestion = {
  topic: string
  state: IngestState | null
  lag: bigint | null
  partitions: IngestionPartition[]
  problems: IngestionProblem[]
}

/**
 * Puts together what Temporal, Postgres and Kafka each know of a topic's ingestion. A part that is away leaves its
 * fields null and is named in `problems`.
 * @throws {NotFoundError} when all that answer know nothing of the topic
 */
export async function readIngestion(context: ApiContext, topic: string): Promise<Ingestion> {
  const [status, stored, kafka] = await Promise.all([
    context.workflowStatus(topic),
    readStored(context, topic),
    context.kafkaBounds(topic),
  ])
  const isUnknown = !status.known && status.isMissing && stored.progress.length === 0 && !kafka.ok
  if (isUnknown && topic !== context.topic) throw new NotFoundError(`nothing is known of the topic ${topic}`)
  const statuses = status.known ? status.partitions : []
  const bounds = kafka.ok ? kafka.bounds : []
  const partitions = joinByPartition(statuses, stored, bounds)
  return {
    topic,
    state: mostUrgent(statuses),
    lag: kafka.ok && stored.problem === null ? sumOfLags(partitions) : null,
    partitions,
    problems: [
      ...(status.known ? [] : [{ part: 'temporal' as const, message: status.message }]),
      ...(stored.problem === null ? [] : [stored.problem]),
      ...(kafka.ok ? [] : [{ part: 'kafka' as const, message: kafka.message }]),
    ],
  }
}

type Stored = { progress: PartitionProgress[]; lastBatches: LastBatch[]; problem: IngestionProblem | null }

async function readStored(context: ApiContext, topic: string): Promise<Stored> {
  try {
    return await context.read(async (session) => ({
      progress: await readProgress(session, topic),
      lastBatches: await readLastBatches(session, topic),
      problem: null,
    }))
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error
    return { progress: [], lastBatches: [], problem: { part: 'postgres', message: error.message } }
  }
}

function joinByPartition(
  statuses: PartitionStatus[],
  stored: Stored,
  bounds: PartitionBounds[],
): IngestionPartition[] {
  const sources = [statuses, stored.progress, stored.lastBatches, bounds]
  const numbers = new Set(sources.flat().map(({ partition }) => partition))
  const of = <Row extends { partition: number }>(rows: Row[], partition: number) =>
    rows.find((row) => row.partition === partition) ?? null
  return [...numbers]
    .sort((a, b) => a - b)
    .map((partition) => ({
      partition,
      status: of(statuses, partition),
      progress: of(stored.progress, partition),
      lastBatch: of(stored.lastBatches, partition),
      bounds: of(bounds, partition),
    }))
}

/** Unread offsets of a partition; null when an end offset or the checkpoints are not known. */
export const lagOf = ({ bounds, progress }: IngestionPartition): bigint | null =>
  bounds === null ? null : unread(bounds, progress ?? undefined)

const sumOfLags = (partitions: IngestionPartition[]): bigint =>
  partitions.reduce((sum, partition) => sum + (lagOf(partition) ?? 0n), 0n)

const urgency: IngestState[] = ['halted', 'waiting', 'paused', 'running', 'retired']

const mostUrgent = (statuses: PartitionStatus[]): IngestState | null =>
  urgency.find((state) => statuses.some((status) => status.state === state)) ?? null
