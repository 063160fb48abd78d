import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Config } from '../config/config.ts'
import type { ParkedBatch } from '../domain/parked-batch.ts'
import { replayBatchId } from '../workflows/contract.ts'
import type { replayBatch } from '../workflows/replay-batch.ts'

/** Starting a workflow takes milliseconds; ingestion must not wait for a Temporal that is away. */
const DEADLINE_MS = 2_000

/** Starts the workflow of a parked batch, once, also when it has ended since: the ledger says what is done. */
export function createHandOver(client: Client, { temporal }: Config): (batch: ParkedBatch) => Promise<void> {
  return async (batch) => {
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.start<typeof replayBatch>('replayBatch', {
          workflowId: replayBatchId(batch),
          taskQueue: temporal.taskQueue,
          args: [batch],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          staticSummary: `Parked: ${batch.topic}/${batch.partition} offsets ${batch.from} to ${BigInt(batch.to) - 1n}`,
          staticDetails: batch.error,
        }),
      )
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }
}
