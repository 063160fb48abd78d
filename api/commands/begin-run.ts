import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import {
  type QueryDefinition,
  type UpdateDefinition,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import type { Markdown } from '../../workflows/page/markdown.ts'
import { CommandRefusedError } from '../context/errors.ts'
import { QUERY_DEADLINE_MS } from './runs.ts'

/** A run of many, as it is started and asked. */
export type RunToBegin<Status> = {
  workflowType: string
  workflowId: string
  taskQueue: string
  input: object
  /** For whoever finds it in the Web UI. */
  summary: Markdown
  /** Answers once there is something to say. */
  update: UpdateDefinition<Status>
  query: QueryDefinition<Status>
}

/**
 * Starts a run and waits for its first answer. The run of a command that is repeated is the first one, also when it has ended;
 * one that takes its time answers with what it has so far.
 */
export async function beginRun<Status>(client: Client, run: RunToBegin<Status>): Promise<Status> {
  const { workflowType, workflowId, taskQueue, input, summary } = run
  try {
    return await client.workflow.executeUpdateWithStart(run.update, {
      startWorkflowOperation: new WithStartWorkflowOperation(workflowType, {
        workflowId,
        taskQueue,
        args: [input],
        staticSummary: summary.text,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      }),
    })
  } catch (error) {
    const isTold =
      error instanceof WorkflowExecutionAlreadyStartedError ||
      error instanceof WorkflowUpdateRPCTimeoutOrCancelledError
    if (!isTold) throw error
    const ask = () => client.workflow.getHandle(workflowId).query(run.query)
    return await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, ask).catch(() => {
      throw error
    })
  }
}

/** The status of a run that does what it was told. @throws {CommandRefusedError} it refused, and may have told it before */
export function unlessRefused<Status extends { commandId: string; refusal: string | null }>(
  status: Status,
): Status {
  // A worker of an older version leaves it out.
  if (typeof status.refusal === 'string') throw new CommandRefusedError(status.refusal, status.commandId)
  return status
}
