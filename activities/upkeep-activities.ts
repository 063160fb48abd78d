import { Context } from '@temporalio/activity'
import { classingPostgres } from '../db/connection/failure.ts'
import type { Retained } from '../db/rollups/retention.ts'
import { type AuditRun, checkAudit, type CheckedAudit, publishAuditHead, pruneAuditChain } from './audit.ts'
import { withHeartbeat } from './heartbeat.ts'
import { restartBatchWorkflows } from './ingest/batch-workflows.ts'
import { reconcileRecent, type ReconcileRequest, type ReconcileSummary } from './reconcile.ts'
import { retainTables } from './retain-tables.ts'
import type { ActivityDeps } from './session/activity-deps.ts'

/** What schedules do: activities that belong to no command and no partition, by the names under which workflows call them. */
export const createUpkeepActivities = (deps: ActivityDeps) => ({
  /** Publishes the end of the audit chain. Safe to retry: a head that is published twice says the same. */
  publishAuditHead: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => publishAuditHead(deps, run)),

  /** Checks a part of the audit chain. Safe to retry: it reads, and a break is one discrepancy while it lasts. */
  checkAudit: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => checkAudit(deps, run)),

  /** Prunes the audit as configured. Safe to retry: it removes what it finds. */
  pruneAudit: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => pruneAuditChain(deps, run)),

  /**
   * Drops what is past retention, and audits what was done to workflows: no setting turns this schedule off. Safe to retry: it
   * drops what it finds.
   */
  applyRetention: async (): Promise<Retained> =>
    await withHeartbeat(async () => {
      const retained = await classingPostgres(() => retainTables(deps.config))
      await deps.auditInterferences()
      return retained
    }),

  /**
   * Reconciles what is new, audits what was done to workflows, and starts workflows that parked batches lack. Safe to retry:
   * it writes everything in one transaction, once per run, and leaves workflows that run alone.
   */
  reconcileRecent: async (request: ReconcileRequest): Promise<ReconcileSummary> => {
    const summary = await reconcileRecent(deps.sql, request, () => {
      Context.current().heartbeat()
    })
    await deps.auditInterferences()
    await restartBatchWorkflows(deps.restartBatchWorkflows, deps.sql, request.topic)
    return summary
  },
})
