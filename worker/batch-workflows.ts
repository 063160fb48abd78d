import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { ActivityDeps } from '../activities/session/activity-deps.ts'
import type { Config } from '../config/config.ts'
import { actorText } from '../domain/access/command-proof.ts'
import type { ParkedBatch } from '../domain/batch/parked-batch.ts'
import type { BatchResult } from '../domain/batch/replay.ts'
import type { CommandSigner } from '../signatures/command-signer.ts'
import { batchStart } from '../workflows/batch-start.ts'
import { COMMAND_REFUSED, REPLAY_FAILED, replayBatchId, replayUpdate } from '../workflows/contract.ts'
import type { replayBatch } from '../workflows/replay-batch.ts'

/** Starting a workflow takes milliseconds, and ingestion must not wait for a Temporal that is away. */
const START_DEADLINE_MS = 2_000

/** Types of failure with which the workflow of a batch answers. To ask again would get the same answer. */
const ANSWERS = [REPLAY_FAILED, COMMAND_REFUSED]

type BatchWorkflows = Pick<ActivityDeps, 'startBatchWorkflow' | 'restartBatchWorkflows' | 'requestReplay'>

/** What activities ask of the workflows of parked batches. */
export function createBatchWorkflows(
  client: Client,
  { temporal }: Config,
  sign: CommandSigner['sign'],
): BatchWorkflows {
  const { taskQueue } = temporal
  return {
    // One that has ended is not started again: the ledger says what became of the batch.
    startBatchWorkflow: (batch) =>
      client.withDeadline(Date.now() + START_DEADLINE_MS, () =>
        start(client, taskQueue, batch, 'REJECT_DUPLICATE'),
      ),
    restartBatchWorkflows: async (readParked) => {
      const running = await runningIds(client)
      // Read after the list, so that no batch that was settled in between is started again.
      for (const batch of await readParked())
        if (!running.has(replayBatchId(batch))) await start(client, taskQueue, batch, 'ALLOW_DUPLICATE')
    },
    requestReplay: (request) => requestReplay(client, taskQueue, sign, request),
  }
}

async function start(
  client: Client,
  taskQueue: string,
  batch: ParkedBatch,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' | 'REJECT_DUPLICATE',
): Promise<void> {
  try {
    await client.workflow.start<typeof replayBatch>('replayBatch', {
      ...batchStart(batch, taskQueue),
      workflowIdReusePolicy,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

async function runningIds(client: Client): Promise<Set<string>> {
  const running = new Set<string>()
  const query = `WorkflowType = 'replayBatch' and ExecutionStatus = 'Running'`
  for await (const { workflowId } of client.workflow.list({ query })) running.add(workflowId)
  return running
}

async function requestReplay(
  client: Client,
  taskQueue: string,
  sign: CommandSigner['sign'],
  { batch, actor, ...request }: Parameters<BatchWorkflows['requestReplay']>[0],
): Promise<BatchResult> {
  const { batchId, partition, from, to } = batch
  const about = { batchId, partition, from, to }
  const target = { command: 'replay', workflowId: replayBatchId(batch), topic: batch.topic }
  const signed = await sign(target, { ...request, actor: actorText(actor) }, actor)
  try {
    const outcome = await client.workflow.executeUpdateWithStart(replayUpdate, {
      startWorkflowOperation: new WithStartWorkflowOperation<typeof replayBatch>('replayBatch', {
        ...batchStart(batch, taskQueue),
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
      args: [signed],
      updateId: request.commandId,
    })
    return { ...about, ...outcome, error: '' }
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error
    const { cause } = error
    if (!(cause instanceof ApplicationFailure) || !ANSWERS.includes(cause.type ?? '')) throw error
    return { ...about, outcome: 'failed', logins: 0, rejects: 0, error: cause.message }
  }
}
