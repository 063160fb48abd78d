import { Context } from '@temporalio/activity'
import { classingPostgres } from '../db/connection/failure.ts'
import { recordControlEvent, type ControlEvent } from '../db/ledger/control-events.ts'
import type { Retained } from '../db/rollups/retention.ts'
import { type AuditRun, checkAudit, type CheckedAudit, publishAuditHead, pruneAuditChain } from './audit.ts'
import { withHeartbeat } from './heartbeat.ts'
import { restartBatchWorkflows } from './ingest/batch-workflows.ts'
import { createIngestActivities } from './ingest/ingest-activities.ts'
import { reconcileRecent, type ReconcileRequest, type ReconcileSummary } from './reconcile.ts'
import { createReplayActivities } from './replay/replay-activities.ts'
import { retainTables } from './retain-tables.ts'
import type { ActivityDeps } from './session/activity-deps.ts'

/** All activities by the names under which workflows call them. */
export const createActivities = (deps: ActivityDeps) => ({
  ...createIngestActivities(deps),
  ...createReplayActivities(deps),
  ...createOperationActivities(deps),
})

export type Activities = ReturnType<typeof createActivities>

const createOperationActivities = (deps: ActivityDeps) => ({
  /** Writes the audit row of a command. Safe to retry: a command has one row. */
  recordControl: async (event: ControlEvent): Promise<void> => {
    await recordControlEvent(deps.sql, event)
  },

  /** Publishes the end of the audit chain. Safe to retry: a head that is published twice says the same. */
  publishAuditHead: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => publishAuditHead(deps, run)),

  /** Checks the whole audit chain. Safe to retry: it reads, and a break is one discrepancy while it lasts. */
  checkAudit: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => checkAudit(deps, run)),

  /** Prunes the audit as configured. Safe to retry: it removes what it finds. */
  pruneAudit: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => pruneAuditChain(deps, run)),

  /** Drops what is past retention. Safe to retry: it drops what it finds. */
  applyRetention: async (): Promise<Retained> =>
    await withHeartbeat(() => classingPostgres(() => retainTables(deps.config))),

  /**
   * Reconciles what is new, and starts workflows that parked batches lack. Safe to retry: it writes
   * everything in one transaction, once per run, and leaves workflows that run alone.
   */
  reconcileRecent: async (request: ReconcileRequest): Promise<ReconcileSummary> => {
    const summary = await reconcileRecent(deps.sql, request, () => {
      Context.current().heartbeat()
    })
    await restartBatchWorkflows(deps.restartBatchWorkflows, deps.sql, request.topic)
    return summary
  },
})
