import type { CommandName } from '../domain/pipeline/command-name.ts'
import { REASON_MAX_CHARACTERS, type TopicControlRequest } from './contract.ts'

/**
 * The argument of a command: the API sends an object, the form of the Web UI a text (the reason) or nothing. The type is
 * no guarantee, because the Web UI sends whatever was typed.
 */
export type ControlArgument = Partial<TopicControlRequest> | string | null | undefined

/** As many as the API takes. */
const MAX_PARTITIONS = 10_000

/** What a command says beside who sent it. */
export type CommandForm = {
  reason: string
  /** Null: all partitions of the topic. */
  partitions: number[] | null
  /** For `resume`: lets through the rejects or failures that halted a partition as a flood. */
  accept: boolean
}

/** Reads an argument; what is unusable in it is left out, or cut. */
export function readForm(argument: ControlArgument): CommandForm {
  const { reason, partitions, accept } = fieldsOf(argument)
  return {
    reason: typeof reason === 'string' ? reason.slice(0, REASON_MAX_CHARACTERS) : '',
    partitions: isPartitions(partitions) ? partitions : null,
    accept: accept === true,
  }
}

/** Why no state allows a command with this argument; null: some may. */
export function commandProblem(command: CommandName, argument: ControlArgument): string | null {
  const { reason, partitions } = fieldsOf(argument)
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > REASON_MAX_CHARACTERS))
    return `the reason must be text of at most ${REASON_MAX_CHARACTERS} characters`
  if (partitions !== null && partitions !== undefined && !isPartitions(partitions))
    return 'partitions must be a list of whole numbers, or null for all'
  const isUnexplained = (reason ?? '').trim() === ''
  if (command === 'skip' && isUnexplained) return 'say why the batch is given up: the argument is the reason'
  if (command === 'park' && isUnexplained) return 'say why the batch is parked: the argument is the reason'
  return null
}

type Fields = Record<'reason' | 'partitions' | 'accept', unknown>

const fieldsOf = (argument: ControlArgument): Partial<Fields> =>
  typeof argument === 'object' ? (argument ?? {}) : { reason: argument }

const isPartitions = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MAX_PARTITIONS &&
  value.every((one) => Number.isInteger(one))
