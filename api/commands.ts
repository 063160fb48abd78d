import { randomUUID } from 'node:crypto'
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { ControlEvent } from '../db/control-events.ts'
import {
  COMMAND_REFUSED,
  ingestTopicId,
  pauseUpdate,
  type PartitionStatus,
  resumeUpdate,
} from '../workflows/contract.ts'
import {
  CommandFailedError,
  CommandRefusedError,
  InvalidCommandError,
  NotFoundError,
  TemporalUnavailableError,
} from './errors.ts'
import type { Logger } from './logger.ts'
import { explainSilence } from './unanswered-command.ts'

export type CommandName = 'pause' | 'resume'

export type CommandRequest = {
  command: CommandName
  topic: string
  /** null: all partitions. */
  partitions: number[] | null
  reason: string
  actor: string
  /** A uuid that makes repeating the command safe; null: a new one. */
  commandId: string | null
}

export type CommandOutcome = { commandId: string; topic: string; partitions: PartitionStatus[] }

export type Commands = {
  /**
   * Sends a command to the ingestion workflow and waits until it has taken effect. The workflow records what it accepts
   * and refuses; what it never answered is recorded here (G10).
   * @throws {ExpectedError} InvalidCommandError, NotFoundError, CommandRefusedError, CommandFailedError,
   *   TemporalUnavailableError, NoWorkerError
   */
  run(request: CommandRequest): Promise<CommandOutcome>
}

export type CommandDeps = {
  client: Client
  /** Writes to the audit on the primary. */
  record: (event: ControlEvent) => Promise<void>
  logger: Logger
  clock: () => number
}

/** Pausing takes a second and the batch in hand; whoever clicked does not wait much longer than this. */
const DEADLINE_MS = 10_000

/** Connecting takes milliseconds. */
const REACH_DEADLINE_MS = 2_000

const updates = { pause: pauseUpdate, resume: resumeUpdate }

export function createCommands(deps: CommandDeps): Commands {
  return {
    async run(request) {
      const command = checked(request)
      const requestedAt = new Date(deps.clock()).toISOString()
      try {
        return await send(deps, command)
      } catch (error) {
        const failure = await explain(deps, command, error)
        if (!(failure instanceof CommandRefusedError)) {
          await recordUnanswered(deps, command, requestedAt, failure)
        }
        throw failure
      }
    },
  }
}

type CheckedCommand = CommandRequest & { commandId: string }

async function send({ client }: CommandDeps, command: CheckedCommand): Promise<CommandOutcome> {
  const { commandId, actor, reason, partitions: only, topic } = command
  await reachTemporal(client, commandId)
  const handle = client.workflow.getHandle(ingestTopicId(topic))
  const { partitions } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    handle.executeUpdate(updates[command.command], {
      args: [{ commandId, actor, reason, partitions: only }],
      // The same command sent twice is one update, and answers with the first one's result.
      updateId: commandId,
    }),
  )
  return { commandId, topic, partitions }
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

async function explain(deps: CommandDeps, command: CheckedCommand, error: unknown): Promise<Error> {
  const { commandId, topic } = command
  if (error instanceof TemporalUnavailableError) return error
  if (error instanceof WorkflowNotFoundError) {
    return new NotFoundError(
      `no ingestion of ${topic} runs: start a worker, which starts it (npm run worker)`,
    )
  }
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error
    const message = cause?.message ?? error.message
    const isRefused = cause instanceof ApplicationFailure && cause.type === COMMAND_REFUSED
    return new (isRefused ? CommandRefusedError : CommandFailedError)(message, commandId, { cause: error })
  }
  return await explainSilence(deps.client, command, DEADLINE_MS, error)
}

/** A row of its own: should the command take effect later after all, the workflow records that under the plain id. */
async function recordUnanswered(
  deps: CommandDeps,
  command: CheckedCommand,
  requestedAt: string,
  failure: Error,
): Promise<void> {
  const { commandId, actor, topic, partitions, reason } = command
  const event: ControlEvent = {
    commandId: `${commandId}/unanswered`,
    requestedAt,
    actor,
    command: command.command,
    topic,
    partitions,
    reason,
    result: 'failed',
    detail: { commandId, error: failure.message },
  }
  try {
    await deps.record(event)
  } catch (error) {
    deps.logger.error({ err: error, event }, 'a command that failed could not be recorded in the audit')
    failure.message += ' (it could not be recorded in the audit either: Postgres is away)'
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const REASON_MAX_CHARACTERS = 500

/** @throws {InvalidCommandError} */
function checked(request: CommandRequest): CheckedCommand {
  const reason = request.reason.trim()
  if (
    reason === '' ||
    reason.length > REASON_MAX_CHARACTERS ||
    !reason.isWellFormed() ||
    reason.includes('\0')
  ) {
    throw new InvalidCommandError(`reason must say why, in 1 to ${REASON_MAX_CHARACTERS} characters of text`)
  }
  if (
    request.partitions !== null &&
    (request.partitions.length === 0 || request.partitions.some((n) => n < 0))
  ) {
    throw new InvalidCommandError('partitions must list numbers from 0 on; leave it out for all of the topic')
  }
  const commandId = request.commandId ?? randomUUID()
  if (!UUID.test(commandId)) throw new InvalidCommandError('commandId must be a uuid')
  return { ...request, reason, commandId: commandId.toLowerCase() }
}
