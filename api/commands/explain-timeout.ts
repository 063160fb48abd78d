import {
  type CommandError,
  CommandFailedError,
  NoWorkerError,
  TemporalUnavailableError,
} from '../context/command-errors.ts'
import { findWorkerReport, noWorker, type TemporalAccess } from '../sources/temporal-access.ts'
import type { Destination } from './command-deps.ts'

/** How long looking for the cause may take; it must not double the time that the command took. */
const PROBE_DEADLINE_MS = 2_000

/**
 * temporal.api.enums.v1.PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED: no worker took the
 * task yet.
 */
const WORKFLOW_TASK_SCHEDULED = 1

export type UnansweredCommand = Destination & { commandId: string; waitedMs: number }

/**
 * Why a command got no answer in time: Temporal went away, no worker took the command or the one that did is
 * gone, or the command takes too long. Temporal keeps a command that it received, so the message says that it
 * may still take effect.
 */
export async function explainTimeout(
  access: TemporalAccess,
  { workflowId, commandId, shownBy, waitedMs }: UnansweredCommand,
  cause: unknown,
): Promise<CommandError> {
  const { client, temporal } = access
  try {
    const handle = client.workflow.getHandle(workflowId)
    const [{ raw }, report] = await Promise.all([
      client.withDeadline(Date.now() + PROBE_DEADLINE_MS, () => handle.describe()),
      findWorkerReport(access),
    ])
    const isTaken = Number(raw.pendingWorkflowTask?.state) !== WORKFLOW_TASK_SCHEDULED
    // If a worker has reported a moment ago, it is only busy.
    if (report === null ? !isTaken : !report.isRecent) {
      return new NoWorkerError(
        `${noWorker(report)}. The command waits in Temporal, and may still take effect once a worker runs`,
        commandId,
        { cause },
      )
    }
  } catch {
    return new TemporalUnavailableError(
      `Temporal at ${temporal.address} went away before it answered; the command may still take effect. Repeat it with ` +
        'the same commandId',
      commandId,
      { cause },
    )
  }
  return new CommandFailedError(
    `the command was not finished within ${waitedMs / 1000} s and may still take effect: ask ${shownBy} what became of it`,
    commandId,
    { cause },
  )
}
