import { currentUpdateInfo, uuid4 } from '@temporalio/workflow'
import { type ControlRequest, REASON_MAX_CHARACTERS, type TopicControlRequest } from './contract.ts'

/** What an operator may hand to a command: the API sends the object, the Web UI's form one text (the reason) or nothing. */
export type ControlArgument = Partial<TopicControlRequest> | string | undefined

/**
 * Refuses arguments that no command can work with, before they become part of the history.
 * @throws {Error} naming what is wrong
 */
export function validateControl(argument: ControlArgument): void {
  const reason = typeof argument === 'string' ? argument : (argument?.reason ?? '')
  if (typeof reason !== 'string' || reason.length > REASON_MAX_CHARACTERS) {
    throw new Error(`the reason must be text of at most ${REASON_MAX_CHARACTERS} characters`)
  }
  // Not trusted to be what the type says: the Web UI sends what was typed.
  const partitions: unknown = typeof argument === 'object' ? argument.partitions : null
  if (partitions !== null && partitions !== undefined && !isPartitions(partitions))
    throw new Error('partitions must be a list of whole numbers, or null for all')
}

/** Giving up needs a reason. @throws {Error} */
export function validateSkip(argument: ControlArgument): void {
  validateControl(argument)
  if (normaliseReason(argument) === '')
    throw new Error('say why the batch is given up: the argument is the reason')
}

/** What is set aside is waited for by somebody: it needs a reason. @throws {Error} */
export function validatePark(argument: ControlArgument): void {
  validateControl(argument)
  if (normaliseReason(argument) === '') throw new Error('say why it is set aside: the argument is the reason')
}

/** @throws {Error} */
export function validateTopicPark(argument: ControlArgument): void {
  validatePark(argument)
  if (typeof argument !== 'object' || argument.partitions == null)
    throw new Error('name the partitions whose batch in hand is to be set aside')
}

const normaliseReason = (argument: ControlArgument): string =>
  (typeof argument === 'string' ? argument : (argument?.reason ?? '')).trim()

const isPartitions = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one))

/** Fills in what the Web UI's form leaves out. */
export function normaliseControl(argument: ControlArgument): TopicControlRequest {
  const given = typeof argument === 'string' ? { reason: argument } : argument
  return { ...normaliseRequest(argument), partitions: null, ...given }
}

export function normaliseRequest(argument: ControlArgument): ControlRequest {
  const given = typeof argument === 'string' ? { reason: argument } : argument
  // An Update keeps its id when a Reset sends it again: it is one command, and one row of the audit.
  const commandId = currentUpdateInfo()?.id ?? uuid4()
  return { commandId, actor: 'temporal-web-ui', reason: '', ...given }
}
