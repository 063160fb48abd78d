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
import { CommandRefusedError } from '../context/command-errors.ts'
import { QUERY_DEADLINE_MS } from './runs.ts'

/** How a run is started, and how its status is read. */
type RunToBegin<Status> = {
  workflowType: string
  workflowId: string
  taskQueue: string
  input: object
  /** What the Temporal Web UI shows of it. */
  summary: Markdown
  /** Returns the status once the run has something to report. */
  update: UpdateDefinition<Status>
  query: QueryDefinition<Status>
}

/**
 * Starts a run and waits for its first report. A command that is repeated gets the run that it started the
 * first time, even if that has ended. A run that has nothing to report yet returns its status so far.
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
    const hasStatus =
      error instanceof WorkflowExecutionAlreadyStartedError ||
      error instanceof WorkflowUpdateRPCTimeoutOrCancelledError
    if (!hasStatus) throw error
    const ask = () => client.workflow.getHandle(workflowId).query(run.query)
    return await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, ask).catch(() => {
      throw error
    })
  }
}

/**
 * The status of a run that was not refused.
 * @throws {CommandRefusedError} if the run was refused, now or when the command was sent before
 */
export function unlessRefused<Status extends { commandId: string; refusal: string | null }>(
  status: Status,
): Status {
  // A worker of an older version leaves `refusal` out.
  if (typeof status.refusal === 'string') throw new CommandRefusedError(status.refusal, status.commandId)
  return status
}
