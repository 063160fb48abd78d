import { Context } from '@temporalio/activity'
import { classingPostgres } from '../db/connection/failure.ts'
import type { SignedCommand, Verdict } from '../domain/access/command-author.ts'
import type { Retained } from '../db/rollups/retention.ts'
import { type AuditRun, checkAudit, type CheckedAudit, publishAuditHead, pruneAuditChain } from './audit.ts'
import { recordInterference } from './commands/audit-interferences.ts'
import { recordCommand, type CommandRecord } from './commands/record-command.ts'
import { verifyCommand } from './commands/verify-command.ts'
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

/** `at`: ISO 8601, by Temporal's clock. */
type CancellationRequest = { workflowId: string; runId: string; at: string }

export type Activities = ReturnType<typeof createActivities>

const createOperationActivities = (deps: ActivityDeps) => ({
  /**
   * Says who sent a command. A local activity, because workflows wait for it and their sandbox has no cryptography. Safe
   * to retry: it only reads.
   */
  verifyCommand: (signed: SignedCommand): Promise<Verdict> => verifyCommand(deps.authors, signed),

  /** Writes the audit row of a command. Safe to retry: a command has one row. */
  recordControl: async (record: CommandRecord): Promise<void> => {
    await recordCommand(deps.authors, record, Context.current().info.attempt)
  },

  /** Publishes the end of the audit chain. Safe to retry: a head that is published twice says the same. */
  publishAuditHead: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => publishAuditHead(deps, run)),

  /** Checks a part of the audit chain. Safe to retry: it reads, and a break is one discrepancy while it lasts. */
  checkAudit: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => checkAudit(deps, run)),

  /** Prunes the audit as configured. Safe to retry: it removes what it finds. */
  pruneAudit: async (run: AuditRun): Promise<CheckedAudit> =>
    await withHeartbeat(() => pruneAuditChain(deps, run)),

  /** Audits that a workflow was asked to end and went on. Safe to retry: it leaves one event. */
  recordCancellation: async ({ at, ...execution }: CancellationRequest): Promise<void> => {
    const detail = { ...execution, how: 'cancelled', reason: '', claimedBy: null } as const
    await recordInterference(deps.sql, { ...detail, at }, 'refused')
  },

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
