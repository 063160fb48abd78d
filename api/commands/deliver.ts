import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { COMMAND_REFUSED, REPLAY_FAILED } from '../../workflows/contract.ts'
import {
  BatchFailedError,
  CommandFailedError,
  CommandRefusedError,
  NotFoundError,
  TemporalUnavailableError,
} from '../errors.ts'
import { explainSilence } from './explain-silence.ts'

/** Where a command goes, and what its sender is told when nobody is there. */
export type Destination = {
  workflowId: string
  /** Why there is no such workflow, and what to do. */
  absent: string
  /** Question whose answer shows what became of a command that was not finished in time. */
  shownBy: string
}

/** A command takes a second and the batch in hand; whoever clicked does not wait much longer than this. */
const DEADLINE_MS = 10_000

/** Connecting takes milliseconds. */
const REACH_DEADLINE_MS = 2_000

/**
 * Sends a command to a workflow and waits until it has taken effect.
 * @throws {ExpectedError} NotFoundError, CommandRefusedError, BatchFailedError, CommandFailedError,
 *   TemporalUnavailableError, NoWorkerError
 */
export async function deliver<Result>(
  client: Client,
  commandId: string,
  destination: Destination,
  send: () => Promise<Result>,
): Promise<Result> {
  await reachTemporal(client, commandId)
  try {
    return await client.withDeadline(Date.now() + DEADLINE_MS, send)
  } catch (error) {
    throw await explain(client, commandId, destination, error)
  }
}

/** So that a command is either refused for want of Temporal, or sent: the client retries by itself when it is away. */
async function reachTemporal(client: Client, commandId: string): Promise<void> {
  try {
    await client.withDeadline(Date.now() + REACH_DEADLINE_MS, () => client.workflowService.getSystemInfo({}))
  } catch (error) {
    throw new TemporalUnavailableError('Temporal cannot be reached; the command was not sent', commandId, {
      cause: error,
    })
  }
}

/** By the failure type of a workflow's answer. */
const answers: Record<string, typeof CommandRefusedError> = {
  [COMMAND_REFUSED]: CommandRefusedError,
  [REPLAY_FAILED]: BatchFailedError,
}

async function explain(
  client: Client,
  commandId: string,
  destination: Destination,
  error: unknown,
): Promise<Error> {
  if (error instanceof WorkflowNotFoundError) return new NotFoundError(destination.absent)
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error
    const type = cause instanceof ApplicationFailure ? (cause.type ?? '') : ''
    const ErrorClass = answers[type] ?? CommandFailedError
    return new ErrorClass(cause?.message ?? error.message, commandId, { cause: error })
  }
  return await explainSilence(client, { ...destination, commandId, waitedMs: DEADLINE_MS }, error)
}
