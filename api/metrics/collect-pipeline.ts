import type { Gauge } from 'prom-client'
import {
  countOpenDiscrepancies,
  countWorkers,
  readAuditCheck,
  readOldestParked,
  readPendingRollups,
  rollups,
} from '../../db/read/ledger/pipeline-ages.ts'
import { readUnsettled } from '../../db/read/ledger/unsettled.ts'
import { readScheduledReconciliation } from '../../db/read/reconciliation/reconciliation-runs.ts'
import type { NodeLook } from '../../db/nodes/node.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { nullIfAway } from '../../db/nodes/read-failure.ts'
import type { RetentionEnd } from '../../domain/pipeline/unread-retention.ts'
import { forget, type MadeMetrics } from '../../metrics/metric.ts'
import type { pipelineMetrics } from '../../metrics/pipeline-metrics.ts'
import type { ReadOutlooks } from '../context/source-types.ts'
import { behind } from '../pipeline/health.ts'
import {
  type Ingestion,
  type IngestionPartition,
  type IngestionSources,
  readIngestion,
  unreadOf,
} from '../pipeline/ingestion.ts'

type Metrics = MadeMetrics<typeof pipelineMetrics>

export type PipelineSources = IngestionSources & {
  lookAtNodes: () => Promise<NodeLook[]>
  outlooks: ReadOutlooks
  /** Unix milliseconds. */
  clock: () => number
}

/** Sets every metric of the pipeline to what is found now. What is not known is left out. */
export async function collectPipeline(metrics: Metrics, sources: PipelineSources): Promise<void> {
  const { topic } = sources
  const [ingestion, stored, nodes] = await Promise.all([
    readIngestion(sources, topic),
    sources.read((session) => readLedger(session, topic)).catch(nullIfAway),
    sources.lookAtNodes(),
  ])
  const outlooks = await sources.outlooks(ingestion.partitions.flatMap(behind), sources.clock())
  for (const metric of Object.values<Gauge>(metrics)) forget(metric)
  showDependencies(metrics, ingestion)
  for (const node of nodes) showNode(metrics, node)
  for (const partition of ingestion.partitions) showPartition(metrics, partition)
  for (const [partition, outlook] of outlooks)
    showRetention(metrics, partition, outlook.retention, sources.clock())
  const delayMs = delayOf(ingestion, sources.clock())
  if (delayMs !== null) metrics.rollcall_ingestion_delay_seconds.set(delayMs / 1_000)
  if (stored !== null) showLedger(metrics, stored, sources.clock())
}

const readLedger = async (session: ReadSession, topic: string) => ({
  unsettled: await readUnsettled(session, topic),
  oldestParkedAt: await readOldestParked(session, topic),
  pending: await readPendingRollups(session),
  workers: await countWorkers(session, topic),
  reconciliation: await readScheduledReconciliation(session, topic),
  discrepancies: await countOpenDiscrepancies(session, topic),
  audit: await readAuditCheck(session, topic),
})

const seconds = (at: Date): number => at.getTime() / 1_000

function showDependencies({ rollcall_dependency_up: up }: Metrics, { problems }: Ingestion): void {
  const away = new Set(
    problems
      .filter(({ kind }) => kind === 'component_unavailable' || kind === 'no_worker')
      .map(({ component }) => component),
  )
  for (const dependency of ['kafka', 'postgres', 'temporal', 'worker'] as const)
    up.set({ dependency }, away.has(dependency) ? 0 : 1)
}

/** Null: it is not known what is unread, or a partition with unread records has counted nothing. */
function delayOf({ lag, partitions }: Ingestion, nowMs: number): number | null {
  if (lag === null) return null
  const behind = partitions.filter((partition) => (unreadOf(partition) ?? 0n) > 0n)
  const watermarks = behind.map(({ progress }) => progress?.watermark?.getTime() ?? null)
  if (watermarks.includes(null)) return null
  return Math.max(0, ...watermarks.map((watermarkMs) => nowMs - (watermarkMs ?? nowMs)))
}

function showNode(metrics: Metrics, { node, isUp, delayMs }: NodeLook): void {
  metrics.rollcall_node_up.set({ node }, isUp ? 1 : 0)
  if (delayMs !== null) metrics.rollcall_node_delay_seconds.set({ node }, delayMs / 1_000)
}

function showPartition(metrics: Metrics, found: IngestionPartition): void {
  const { partition, status, progress } = found
  const unread = unreadOf(found)
  if (unread !== null) metrics.rollcall_partition_lag.set({ partition }, Number(unread))
  if (status !== null) metrics.rollcall_partition_state.set({ partition, state: status.state }, 1)
  if (progress === null) return
  const { worker, watermark, parked_offsets: parked } = progress
  metrics.rollcall_partition_held_info.set({ partition, worker }, 1)
  metrics.rollcall_partition_parked_offsets.set({ partition }, Number(parked))
  if (watermark !== null)
    metrics.rollcall_partition_watermark_timestamp_seconds.set({ partition }, seconds(watermark))
}

function showRetention(
  { rollcall_partition_retention_remaining_seconds: remaining }: Metrics,
  partition: number,
  retention: RetentionEnd | null,
  nowMs: number,
): void {
  if (retention === null || retention.atMs === null) return
  remaining.set({ partition }, Math.max(0, retention.atMs - nowMs) / 1_000)
}

function showLedger(metrics: Metrics, stored: Awaited<ReturnType<typeof readLedger>>, nowMs: number): void {
  const { unsettled, oldestParkedAt, pending, workers, reconciliation, discrepancies, audit } = stored
  metrics.rollcall_parked_batches.set(unsettled.parkedBatches)
  metrics.rollcall_withheld_batches.set(unsettled.withheldBatches)
  if (oldestParkedAt !== null) metrics.rollcall_parked_oldest_timestamp_seconds.set(seconds(oldestParkedAt))
  for (const rollup of rollups) metrics.rollcall_rollup_delay_seconds.set({ rollup }, 0)
  for (const { rollup, batches, oldestAt } of pending) {
    metrics.rollcall_pending_batches.set({ rollup }, batches)
    if (oldestAt === null) continue
    metrics.rollcall_pending_oldest_timestamp_seconds.set({ rollup }, seconds(oldestAt))
    metrics.rollcall_rollup_delay_seconds.set({ rollup }, Math.max(0, nowMs - oldestAt.getTime()) / 1_000)
  }
  for (const { version, workers: count } of workers) metrics.rollcall_workers.set({ version }, count)
  for (const { kind, open } of discrepancies) metrics.rollcall_discrepancies.set({ kind }, open)
  if (audit !== null) {
    metrics.rollcall_audit_chain_intact.set(audit.isIntact ? 1 : 0)
    metrics.rollcall_audit_checked_timestamp_seconds.set(seconds(audit.checkedAt))
  }
  if (reconciliation === null) return
  metrics.rollcall_reconciliation_finished_timestamp_seconds.set(seconds(reconciliation.finishedAt))
  metrics.rollcall_reconciliation_differences.set(reconciliation.differences)
  metrics.rollcall_reconciliation_covered_to_timestamp_seconds.set(seconds(reconciliation.coveredTo))
}
