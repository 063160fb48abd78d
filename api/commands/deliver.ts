import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { COMMAND_REFUSED, REPLAY_FAILED } from '../../workflows/contract.ts'
import {
  BatchFailedError,
  CommandFailedError,
  CommandRefusedError,
  TemporalUnavailableError,
} from '../context/command-errors.ts'
import { NotFoundError } from '../context/errors.ts'
import { findOutage, findWorkerReport, type TemporalAccess } from '../sources/temporal-access.ts'
import { explainTimeout, type UnansweredCommand } from './explain-timeout.ts'
import type { Destination } from './command-deps.ts'

/**
 * A command takes about a second, plus the time of the batch in hand. Nobody who clicked waits much longer
 * than this.
 */
const DEADLINE_MS = 10_000
/** If no worker has reported for a while: one that runs all the same answers at once. */
const DEADLINE_WITHOUT_WORKER_MS = 2_000
/** How long Temporal may take to answer at all; connecting takes milliseconds. */
const REACH_DEADLINE_MS = 2_000

/**
 * Sends a command to a workflow and waits until it has taken effect.
 * @throws {NotFoundError | CommandError}
 */
export async function deliver<Result>(
  access: TemporalAccess,
  commandId: string,
  destination: Destination,
  send: () => Promise<Result>,
): Promise<Result> {
  // Asked first, because the client retries by itself: a command must either be sent, or be refused because
  // Temporal is away.
  const outage = await findOutage(access, REACH_DEADLINE_MS)
  if (outage !== null) throw new TemporalUnavailableError(`${outage}. The command was not sent`, commandId)
  const report = await findWorkerReport(access)
  const waitMs = report?.isRecent === false ? DEADLINE_WITHOUT_WORKER_MS : DEADLINE_MS
  try {
    return await access.client.withDeadline(Date.now() + waitMs, send)
  } catch (error) {
    throw await explain(access, { ...destination, commandId, waitedMs: waitMs }, error)
  }
}

/** The errors for the types of failure with which a workflow answers. */
const answers: Record<string, typeof CommandRefusedError> = {
  [COMMAND_REFUSED]: CommandRefusedError,
  [REPLAY_FAILED]: BatchFailedError,
}

async function explain(access: TemporalAccess, command: UnansweredCommand, error: unknown): Promise<Error> {
  const { commandId } = command
  if (error instanceof WorkflowNotFoundError) return new NotFoundError(command.absent)
  if (error instanceof WorkflowUpdateFailedError) {
    const cause = innermost(error)
    const type = cause instanceof ApplicationFailure ? (cause.type ?? '') : ''
    const ErrorClass = answers[type] ?? CommandFailedError
    return new ErrorClass(cause.message, commandId, { cause: error })
  }
  return await explainTimeout(access, command, error)
}

/** The cause at the bottom: Temporal wraps the failure of an activity in messages about activities. */
const innermost = (error: Error): Error => (error.cause instanceof Error ? innermost(error.cause) : error)
