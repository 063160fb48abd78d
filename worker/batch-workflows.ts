import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { Config } from '../config/config.ts'
import type { ParkedBatch } from '../domain/batch/parked-batch.ts'
import type { BatchResult, ReplayRequest } from '../domain/batch/replay.ts'
import { batchStart } from '../workflows/batch-start.ts'
import { REPLAY_FAILED, replayBatchId, replayUpdate } from '../workflows/contract.ts'
import type { replayBatch } from '../workflows/replay-batch.ts'

/** Starting a workflow takes milliseconds; ingestion must not wait for a Temporal that is away. */
const START_DEADLINE_MS = 2_000

/** What activities ask of the workflows of parked batches. */
export function createBatchWorkflows(client: Client, { temporal }: Config) {
  async function start(batch: ParkedBatch, reuse: 'ALLOW_DUPLICATE' | 'REJECT_DUPLICATE'): Promise<void> {
    try {
      await client.workflow.start<typeof replayBatch>('replayBatch', {
        ...batchStart(batch, temporal.taskQueue),
        workflowIdReusePolicy: reuse,
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }
  return {
    /** Starts the workflow once, also when it has ended since: the ledger says what is done. */
    handOver: async (batch: ParkedBatch): Promise<void> => {
      await client.withDeadline(Date.now() + START_DEADLINE_MS, () => start(batch, 'REJECT_DUPLICATE'))
    },

    /** Starts those that do not run, also when they have ended. */
    bringBack: async (readParked: () => Promise<ParkedBatch[]>): Promise<void> => {
      const running = new Set<string>()
      const query = `WorkflowType = 'replayBatch' and ExecutionStatus = 'Running'`
      for await (const { workflowId } of client.workflow.list({ query })) running.add(workflowId)
      // After the list, so that what was settled meanwhile is not among them.
      for (const batch of await readParked())
        if (!running.has(replayBatchId(batch))) await start(batch, 'ALLOW_DUPLICATE')
    },

    /** Asks for a replay and waits for it; a workflow that is gone is started again. */
    requestReplay: async ({ batch, ...request }: ReplayRequest): Promise<BatchResult> => {
      const { batchId, partition, from, to } = batch
      const about = { batchId, partition, from, to }
      try {
        const outcome = await client.workflow.executeUpdateWithStart(replayUpdate, {
          startWorkflowOperation: new WithStartWorkflowOperation<typeof replayBatch>('replayBatch', {
            ...batchStart(batch, temporal.taskQueue),
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
          args: [request],
          updateId: request.commandId,
        })
        return { ...about, ...outcome, error: '' }
      } catch (error) {
        if (!(error instanceof WorkflowUpdateFailedError)) throw error
        const { cause } = error
        if (!(cause instanceof ApplicationFailure) || cause.type !== REPLAY_FAILED) throw error
        return { ...about, outcome: 'failed', logins: 0, rejects: 0, error: cause.message }
      }
    },
  }
}
