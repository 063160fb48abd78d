import { randomUUID } from 'node:crypto'
import type { BatchSelection, RejectSelection } from '../../domain/batch/selection.ts'
import { REASON_MAX_CHARACTERS } from '../../workflows/contract.ts'
import { argumentProblem } from '../plugins/arguments.ts'
import { InvalidCommandError } from '../context/command-errors.ts'
import { isDisplayable, safeText } from '../context/safe-text.ts'
import { recordAnswer } from './audit.ts'
import type { CommandDeps } from './command-deps.ts'
import type { Command } from './command-request.ts'
import type { CommandRequest } from '../context/command-types.ts'
import { reuseProblem } from './reused-id.ts'

/** What one command adds to what every command has. */
type CommandPart = Pick<Command, 'command' | 'partitions' | 'detail'> & {
  filter?: BatchSelection | RejectSelection
  /** What is wrong with the arguments that only this command has; null: nothing. */
  problem?: string | null
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** How much the audit keeps of each argument of a refused command: enough to recognise it. */
const KEPT_CHARACTERS = 100

/**
 * Checks the arguments of a command. If they are unusable, the audit records the command as refused, under a
 * new id: the id that it came with may not be a UUID, or its sender may use it again with better arguments.
 * @throws {InvalidCommandError} if the arguments are unusable
 */
export async function acceptCommand(
  deps: CommandDeps,
  request: CommandRequest,
  part: CommandPart,
): Promise<Command> {
  const { command, partitions, detail } = part
  const { topic, actor, reason, commandId } = request
  const requestedAt = new Date(deps.clock()).toISOString()
  const refusal = problemOf(request, part) ?? (await reuseProblem(deps, request, part))
  if (refusal === null) {
    const id = (commandId ?? randomUUID()).toLowerCase()
    return { command, topic, partitions, detail, actor, reason: reason.trim(), commandId: id, requestedAt }
  }
  const refused: Command = {
    command,
    topic: safeText(topic, KEPT_CHARACTERS),
    partitions: null,
    detail: commandId === null ? {} : { commandId: safeText(commandId, KEPT_CHARACTERS) },
    actor,
    reason: safeText(reason.trim(), REASON_MAX_CHARACTERS),
    commandId: `${randomUUID()}/invalid`,
    requestedAt,
  }
  await recordAnswer(deps, refused, 'refused', { refusal })
  throw new InvalidCommandError(refusal)
}

/** What is wrong with an argument that must be the id of a command; null: nothing. */
export const idProblem = (name: string, id: string): string | null =>
  UUID.test(id) ? null : `${name} must be a UUID such as 123e4567-e89b-12d3-a456-426614174000`

function problemOf(
  { topic, reason, commandId }: CommandRequest,
  { partitions, filter, problem }: CommandPart,
): string | null {
  return (
    reasonProblem(reason.trim()) ??
    (commandId === null ? null : idProblem('commandId', commandId)) ??
    problem ??
    partitionsProblem(partitions) ??
    partitionsProblem(filter?.partitions ?? null) ??
    emptyProblem(filter ?? {}) ??
    argumentProblem({ topic, partitions, filter })?.message ??
    null
  )
}

function reasonProblem(reason: string): string | null {
  if (reason !== '' && reason.length <= REASON_MAX_CHARACTERS && isDisplayable(reason)) return null
  return `reason must say why you send the command: one line of 1 to ${REASON_MAX_CHARACTERS} characters, without control characters`
}

const partitionsProblem = (partitions: number[] | null): string | null =>
  partitions !== null && (partitions.length === 0 || partitions.some((n) => n < 0))
    ? 'partitions must list at least one number, from 0 on; leave it out for all partitions of the topic'
    : null

function emptyProblem(filter: object): string | null {
  const empty = Object.entries(filter).find(([, value]) => Array.isArray(value) && value.length === 0)
  return empty === undefined ? null : `${empty[0]} must not be an empty list; leave it out to allow any value`
}
