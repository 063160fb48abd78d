import { randomUUID } from 'node:crypto'
import type { BatchSelection, RejectSelection } from '../../domain/batch/selection.ts'
import { REASON_MAX_CHARACTERS } from '../../workflows/contract.ts'
import { argumentProblem } from '../plugins/arguments.ts'
import { InvalidCommandError } from '../context/errors.ts'
import { isDisplayable, safeText } from '../context/safe-text.ts'
import { recordAnswer } from './audit.ts'
import type { CommandDeps } from './command-deps.ts'
import type { Command } from './command-request.ts'
import type { CommandRequest } from '../context/command-types.ts'
import { reuseProblem } from './reused-id.ts'

/** What a command is for, beside what every command comes with. */
export type CommandPart = Pick<Command, 'command' | 'partitions' | 'detail'> & {
  filter?: BatchSelection | RejectSelection
  /** What is wrong with arguments that this command alone has. */
  problem?: string | null
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Of what a refused command brought along; enough to recognise it. */
const KEPT_CHARACTERS = 100

/**
 * The command that may be sent. One whose arguments are unusable is in the audit as refused, under an id of its own: its own id may
 * be none, or be used again once the arguments are mended.
 * @throws {InvalidCommandError}
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

/** What is wrong with the id of a command; null: nothing. */
export const idProblem = (name: string, id: string): string | null =>
  UUID.test(id) ? null : `${name} must be a uuid`

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
    argumentProblem({ topic, partitions, filter })
  )
}

function reasonProblem(reason: string): string | null {
  if (reason !== '' && reason.length <= REASON_MAX_CHARACTERS && isDisplayable(reason)) return null
  return `reason must say why, in 1 to ${REASON_MAX_CHARACTERS} characters of one line of text, without control characters`
}

const partitionsProblem = (partitions: number[] | null): string | null =>
  partitions !== null && (partitions.length === 0 || partitions.some((n) => n < 0))
    ? 'partitions must list numbers from 0 on; leave it out for all of the topic'
    : null

function emptyProblem(filter: object): string | null {
  const empty = Object.entries(filter).find(([, value]) => Array.isArray(value) && value.length === 0)
  return empty === undefined ? null : `${empty[0]} must not be empty; leave it out for any`
}
