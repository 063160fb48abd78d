import { type IngestState, statesByUrgency } from '../../domain/pipeline/pipeline-state.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import {
  type LastBatch,
  type PartitionProgress,
  readLastBatches,
  readProgress,
} from '../../db/read/ledger/progress.ts'
import { ReadFailure } from '../../db/nodes/read-failure.ts'
import { readUpkeepReport } from '../../db/read/ledger/workers.ts'
import { readUnsettled, type Unsettled } from '../../db/read/ledger/unsettled.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import type { ApiContext } from '../context/context.ts'
import { NotFoundError } from '../context/errors.ts'
import { lagOf, logsFor, partitionBacklog } from '../context/freshness.ts'
import {
  type IncompleteReason,
  parkedReason,
  type PartitionBacklog,
  reasonsOf,
} from '../context/incomplete-reasons.ts'
import { type IngestionProblem, type PrimaryReport, problemsOf } from './problems.ts'

/** What each source knows of a partition: null when it is away or does not know the partition. */
export type IngestionPartition = {
  partition: number
  status: PartitionStatus | null
  progress: PartitionProgress | null
  lastBatch: LastBatch | null
  log: PartitionLog | null
  /** Null when Kafka or every node of Postgres is away. */
  backlog: PartitionBacklog | null
}

export type Ingestion = {
  topic: string
  state: IngestState | null
  lag: bigint | null
  partitions: IngestionPartition[]
  problems: IngestionProblem[]
  /** Whether no node of Postgres answered. */
  isUnread: boolean
}

export type IngestionSources = Pick<
  ApiContext,
  'topic' | 'workflowStatus' | 'kafkaBounds' | 'read' | 'readPrimary'
>

/**
 * What Temporal, Postgres and Kafka know of the ingestion of a topic. The fields of a part that is away are
 * null, and `problems` names the part, beside whatever waits for an operator.
 * @throws {NotFoundError} if no part that answers knows the topic
 */
export async function readIngestion(context: IngestionSources, topic: string): Promise<Ingestion> {
  const reading = readStored(context, topic)
  const [status, stored, primary, kafka] = await Promise.all([
    context.workflowStatus(topic),
    reading,
    reportOfPrimary(context, topic),
    logsFor(
      context.kafkaBounds,
      topic,
      reading.then(({ progress }) => progress),
    ),
  ])
  const isUnknown = !status.known && status.why === 'not_started' && stored.progress.length === 0 && !kafka.ok
  if (isUnknown && topic !== context.topic)
    throw new NotFoundError(
      `nothing is known of the topic ${topic}: correct its name, or leave it out for ${context.topic}`,
      'topic',
    )
  const statuses = status.known ? status.partitions : []
  const isUnread = 'problem' in stored.unsettled
  const isKnown = kafka.ok && !isUnread
  const partitions = joinByPartition(statuses, stored, kafka.ok ? kafka.bounds : [], isKnown)
  return {
    topic,
    state: mostUrgent(statuses),
    lag: isKnown ? lagOf(partitions.flatMap(({ backlog }) => backlog ?? [])) : null,
    partitions,
    problems: problemsOf(status, stored.unsettled, kafka, primary),
    isUnread,
  }
}

type Stored = {
  progress: PartitionProgress[]
  lastBatches: LastBatch[]
  /** `problem`: why no node of Postgres answered. */
  unsettled: Unsettled | { problem: string }
}

/**
 * Whether upkeep is done, or why the primary does not answer. It is asked because replicas answer without it, although
 * nothing is counted and no command is audited then.
 */
async function reportOfPrimary({ readPrimary }: IngestionSources, topic: string): Promise<PrimaryReport> {
  try {
    return await readPrimary((session) => readUpkeepReport(session, topic))
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error
    return { outage: error.message }
  }
}

async function readStored({ read }: IngestionSources, topic: string): Promise<Stored> {
  try {
    return await read(async (session) => ({
      progress: await readProgress(session, topic),
      lastBatches: await readLastBatches(session, topic),
      unsettled: await readUnsettled(session, topic),
    }))
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error
    return { progress: [], lastBatches: [], unsettled: { problem: error.message } }
  }
}

function joinByPartition(
  statuses: PartitionStatus[],
  stored: Stored,
  logs: PartitionLog[],
  isKnown: boolean,
): IngestionPartition[] {
  const sources = [statuses, stored.progress, stored.lastBatches, logs]
  const numbers = new Set(sources.flat().map(({ partition }) => partition))
  const of = <Row extends { partition: number }>(rows: Row[], partition: number) =>
    rows.find((row) => row.partition === partition) ?? null
  return [...numbers]
    .sort((a, b) => a - b)
    .map((partition) => {
      const [progress, log] = [of(stored.progress, partition), of(logs, partition)]
      return {
        partition,
        status: of(statuses, partition),
        progress,
        lastBatch: of(stored.lastBatches, partition),
        log,
        backlog: isKnown ? partitionBacklog(partition, progress, log) : null,
      }
    })
}

/**
 * Unread offsets of the partition's log; null when the number is not known, or Kafka has no such partition.
 */
export const unreadOf = ({ log, backlog }: IngestionPartition): bigint | null =>
  log === null ? null : (backlog?.unread ?? null)

/** Why counts may lack logins of the partition; none while that is not known. */
export const incompleteReasonsOf = ({ backlog, progress }: IngestionPartition): IncompleteReason[] => [
  ...(backlog === null ? [] : reasonsOf(backlog)),
  ...(progress === null ? [] : parkedReason(progress)),
]

const mostUrgent = (statuses: PartitionStatus[]): IngestState | null =>
  statesByUrgency.find((state) => statuses.some((status) => status.state === state)) ?? null
