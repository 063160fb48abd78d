import type { Client } from '@temporalio/client'
import { type CommandError, CommandFailedError, NoWorkerError, TemporalUnavailableError } from '../errors.ts'

/** Asking after a command that timed out must not double the time it took. */
const PROBE_DEADLINE_MS = 2_000

/** temporal.api.enums.v1.PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED: no worker took it yet. */
const WORKFLOW_TASK_SCHEDULED = 1

/**
 * Why a command got no answer: Temporal is away, no worker took it, or it takes too long. Temporal keeps a command that
 * it has, so in the last two it may still take effect, which the message says.
 */
export async function explainSilence(
  client: Client,
  unanswered: { workflowId: string; commandId: string; shownBy: string; waitedMs: number },
  cause: unknown,
): Promise<CommandError> {
  const { workflowId, commandId, shownBy } = unanswered
  const seconds = unanswered.waitedMs / 1000
  try {
    const handle = client.workflow.getHandle(workflowId)
    const { raw } = await client.withDeadline(Date.now() + PROBE_DEADLINE_MS, () => handle.describe())
    if (Number(raw.pendingWorkflowTask?.state) === WORKFLOW_TASK_SCHEDULED) {
      return new NoWorkerError(
        `no worker took the command within ${seconds} s; it waits in Temporal and may still take effect once one runs`,
        commandId,
        { cause },
      )
    }
  } catch {
    return new TemporalUnavailableError(
      'Temporal went away before it answered; the command may still take effect. Repeat it with the same commandId',
      commandId,
      { cause },
    )
  }
  return new CommandFailedError(
    `the command was not finished within ${seconds} s and may still take effect; ${shownBy} shows it`,
    commandId,
    { cause },
  )
}
