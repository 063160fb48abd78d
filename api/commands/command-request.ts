import { randomUUID } from 'node:crypto'
import type { OperatorCommand } from '../../domain/pipeline-state.ts'
import type { BatchSelection, RejectSelection } from '../../domain/selection.ts'
import type { ControlRequest } from '../../workflows/contract.ts'
import { InvalidCommandError } from '../errors.ts'

/** As the audit names them. */
export type CommandName =
  OperatorCommand | 'replay' | 'skip' | 'replay_many' | 'pause_run' | 'resume_run' | 'cancel_run' | 'redrive'

/** What every command comes with. */
export type CommandRequest = {
  topic: string
  reason: string
  actor: string
  /** A uuid that makes repeating the command safe; null: a new one. */
  commandId: string | null
}

/** A command that may be sent, as the audit keeps it. */
export type Command = ControlRequest & {
  command: CommandName
  topic: string
  /** null: the whole topic. */
  partitions: number[] | null
  /** What else it was for, as the audit's detail has it. */
  detail: Record<string, unknown>
  /** ISO 8601. */
  requestedAt: string
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const REASON_MAX_CHARACTERS = 500

/** @throws {InvalidCommandError} */
export function checkCommand(
  request: CommandRequest,
  {
    command,
    partitions,
    detail,
    nowMs,
  }: Pick<Command, 'command' | 'partitions' | 'detail'> & { nowMs: number },
): Command {
  const { topic, actor } = request
  return {
    command,
    topic,
    partitions: checkPartitions(partitions),
    detail,
    actor,
    reason: checkReason(request.reason),
    commandId: checkCommandId('commandId', request.commandId ?? randomUUID()),
    requestedAt: new Date(nowMs).toISOString(),
  }
}

/** The part of a command that workflows take. */
export const controlOf = ({ commandId, actor, reason }: Command): ControlRequest => ({
  commandId,
  actor,
  reason,
})

/** @throws {InvalidCommandError} */
export function checkCommandId(name: string, id: string): string {
  if (!UUID.test(id)) throw new InvalidCommandError(`${name} must be a uuid`)
  return id.toLowerCase()
}

/** @throws {InvalidCommandError} */
export function checkPartitions(partitions: number[] | null): number[] | null {
  if (partitions !== null && (partitions.length === 0 || partitions.some((n) => n < 0))) {
    throw new InvalidCommandError('partitions must list numbers from 0 on; leave it out for all of the topic')
  }
  return partitions
}

/** @throws {InvalidCommandError} */
export function checkSelection(selection: BatchSelection | RejectSelection): void {
  checkPartitions(selection.partitions)
  for (const [name, value] of Object.entries(selection)) {
    if (Array.isArray(value) && value.length === 0)
      throw new InvalidCommandError(`${name} must not be empty; leave it out for any`)
    // Postgres cannot look for it, nor keep it in the audit.
    if (typeof value === 'string' && !isText(value))
      throw new InvalidCommandError(`${name} must be text, without NUL and without halves of characters`)
  }
}

function checkReason(given: string): string {
  const reason = given.trim()
  if (reason === '' || reason.length > REASON_MAX_CHARACTERS || !isText(reason)) {
    throw new InvalidCommandError(`reason must say why, in 1 to ${REASON_MAX_CHARACTERS} characters of text`)
  }
  return reason
}

/** What Postgres keeps as it is. */
const isText = (value: string): boolean => value.isWellFormed() && !value.includes('\0')
