import { Context } from '@temporalio/activity'
import type { SignedCommand, Verdict } from '../domain/access/command-author.ts'
import { recordInterference } from './commands/audit-interferences.ts'
import { recordCommand, type CommandRecord } from './commands/record-command.ts'
import { verifyCommand } from './commands/verify-command.ts'
import { createIngestActivities } from './ingest/ingest-activities.ts'
import { createReplayActivities } from './replay/replay-activities.ts'
import type { ActivityDeps } from './session/activity-deps.ts'
import { createUpkeepActivities } from './upkeep-activities.ts'

/** All activities by the names under which workflows call them. */
export const createActivities = (deps: ActivityDeps) => ({
  ...createIngestActivities(deps),
  ...createReplayActivities(deps),
  ...createCommandActivities(deps),
  ...createUpkeepActivities(deps),
})

/** `at`: ISO 8601, by Temporal's clock. */
type CancellationRequest = { workflowId: string; runId: string; at: string }

export type Activities = ReturnType<typeof createActivities>

const createCommandActivities = (deps: ActivityDeps) => ({
  /**
   * Says who sent a command. A local activity, because workflows wait for it and their sandbox has no cryptography. Safe
   * to retry: it only reads.
   */
  verifyCommand: (signed: SignedCommand): Promise<Verdict> => verifyCommand(deps.authors, signed),

  /** Writes the audit row of a command. Safe to retry: a command has one row. */
  recordControl: async (record: CommandRecord): Promise<void> => {
    await recordCommand(deps.authors, record, Context.current().info.attempt)
  },

  /** Audits that a workflow was asked to end and went on. Safe to retry: it leaves one event. */
  recordCancellation: async ({ at, ...execution }: CancellationRequest): Promise<void> => {
    const detail = { ...execution, how: 'cancelled', reason: '', claimedBy: null } as const
    await recordInterference(deps.sql, { ...detail, at }, 'refused')
  },
})
