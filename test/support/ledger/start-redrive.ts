import { randomUUID } from 'node:crypto'
import type { WorkflowHandle } from '@temporalio/client'
import { redriveRunId } from '../../../workflows/run-contract.ts'
import type { Deployment } from '../deployment/deployment.ts'
import { everyReject } from './selections.ts'
import { temporalClient } from '../parts/temporal-client.ts'

/** Starts a redrive of every reject of the topic. */
export async function startRedrive(deployment: Deployment): Promise<WorkflowHandle> {
  const client = await temporalClient(deployment)
  const commandId = randomUUID()
  const { kafka, temporal } = deployment.config
  const selected = { topic: kafka.topic, selection: everyReject, dryRun: false }
  return await client.workflow.start('replayRejected', {
    workflowId: redriveRunId(commandId),
    taskQueue: temporal.taskQueue,
    args: [{ commandId, actor: 'tester', reason: 'why', ...selected }],
  })
}
