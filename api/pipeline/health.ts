import { nullIfAway } from '../../db/nodes/read-failure.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import {
  type LiveWorker,
  readLiveWorkers,
  readSchemaNumber,
  readUnsettledBatches,
  type UnsettledBatch,
} from '../../db/read/ledger/health.ts'
import {
  countOpenDiscrepancies,
  readAuditCheck,
  type PendingRollup,
  readOldestParked,
  readPendingRollups,
} from '../../db/read/ledger/pipeline-ages.ts'
import {
  readScheduledReconciliation,
  type ScheduledReconciliation,
} from '../../db/read/reconciliation/reconciliation-runs.ts'
import { isPermitted } from '../../domain/access/permission.ts'
import type { ApiContext } from '../context/context.ts'
import type { BehindPartition, Dependency, Outlook } from '../context/source-types.ts'
import { healthProblems } from './health-problems.ts'
import { type IngestionPartition, readIngestion, unreadOf } from './ingestion.ts'
import type { Severity } from './next-steps.ts'
import { type IngestionProblem, told } from './problems.ts'

/** Batches that are listed; `batches` has them all. */
const LISTED_BATCHES = 10

/** What the ledger says beside the partitions. */
export type LedgerHealth = {
  batches: UnsettledBatch[]
  oldestParkedAt: Date | null
  rollups: PendingRollup[]
  workers: LiveWorker[]
  reconciliation: ScheduledReconciliation | null
  discrepancies: { kind: string; open: number }[]
  /** Null: the chain was never checked. */
  audit: { checkedAt: Date; isIntact: boolean } | null
  schema: number | null
}

export type PartitionHealth = IngestionPartition & { outlook: Outlook | null }

export type Health = {
  at: Date
  topic: string
  /** Of the most urgent problem; null: there is none. */
  severity: Severity | null
  lag: bigint | null
  dependencies: Dependency[]
  partitions: PartitionHealth[]
  problems: IngestionProblem[]
  /** Null: no node of Postgres answers. */
  ledger: LedgerHealth | null
}

type Sources = Pick<
  ApiContext,
  | 'topic'
  | 'workflowStatus'
  | 'kafkaBounds'
  | 'read'
  | 'readPrimary'
  | 'outlooks'
  | 'dependencies'
  | 'clock'
  | 'roles'
>

/**
 * What an operator needs to know at night. Parts are asked at once and for two seconds at most; what one that is away would say is
 * missing, and the rest is answered.
 */
export async function readHealth(context: Sources): Promise<Health> {
  const { topic } = context
  const [ingestion, ledger, dependencies] = await Promise.all([
    readIngestion(context, topic),
    context.read((session) => readLedger(session, topic)).catch(nullIfAway),
    context.dependencies(),
  ])
  const nowMs = context.clock.nowMs()
  const outlooks = await context.outlooks(ingestion.partitions.flatMap(behind), nowMs)
  const partitions = ingestion.partitions.map((one) => ({
    ...one,
    outlook: outlooks.get(one.partition) ?? null,
  }))
  const mayReconcile = isPermitted(context.roles, 'reconciliation')
  const more = healthProblems({ dependencies, partitions, ledger, nowMs })
    .filter(({ kind }) => mayReconcile || !OF_RECONCILIATION.has(kind))
    .map(told)
  const problems = [...ingestion.problems, ...more].sort(
    (a, b) => Number(b.severity === 'page') - Number(a.severity === 'page'),
  )
  return {
    ...{ at: new Date(nowMs), topic, severity: problems[0]?.severity ?? null },
    ...{ lag: ingestion.lag, dependencies, partitions, problems, ledger },
  }
}

const OF_RECONCILIATION = new Set(['discrepancies', 'reconciliation_overdue', 'audit_chain_broken'])

const readLedger = async (session: ReadSession, topic: string): Promise<LedgerHealth> => ({
  batches: await readUnsettledBatches(session, topic, LISTED_BATCHES),
  oldestParkedAt: await readOldestParked(session, topic),
  rollups: await readPendingRollups(session),
  workers: await readLiveWorkers(session, topic),
  reconciliation: await readScheduledReconciliation(session, topic),
  discrepancies: await countOpenDiscrepancies(session, topic),
  audit: await readAuditCheck(session, topic),
  schema: await readSchemaNumber(session),
})

/** What the source of outlooks is told of a partition; none while its unread offsets are not known. */
export function behind(found: IngestionPartition): BehindPartition[] {
  const { partition, log, progress, backlog, status } = found
  const unread = unreadOf(found)
  if (log === null || unread === null) return []
  const isStopped = status !== null && status.state !== 'running' && status.state !== 'waiting'
  return [{ partition, log, progress, unread, isExpired: backlog?.loss === 'expired', isStopped }]
}
