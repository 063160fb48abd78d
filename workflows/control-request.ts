import { currentUpdateInfo, uuid4 } from '@temporalio/workflow'
import { type ControlRequest, REASON_MAX_CHARACTERS, type TopicControlRequest } from './contract.ts'

/**
 * The argument of a command: the API sends an object, the form of the Web UI a text (the reason) or nothing.
 */
export type ControlArgument = Partial<TopicControlRequest> | string | undefined

/**
 * Refuses an argument that no command accepts, before it becomes part of the history.
 * @throws {Error} whose message says what is wrong
 */
export function validateControl(argument: ControlArgument): void {
  const reason = typeof argument === 'string' ? argument : (argument?.reason ?? '')
  if (typeof reason !== 'string' || reason.length > REASON_MAX_CHARACTERS) {
    throw new Error(`the reason must be text of at most ${REASON_MAX_CHARACTERS} characters`)
  }
  // The type is no guarantee, because the Web UI sends whatever was typed.
  const partitions: unknown = typeof argument === 'object' ? argument.partitions : null
  if (partitions !== null && partitions !== undefined && !isPartitions(partitions))
    throw new Error('partitions must be a list of whole numbers, or null for all')
}

/** Refuses a skip without a reason. @throws {Error} */
export function validateSkip(argument: ControlArgument): void {
  validateControl(argument)
  if (normaliseReason(argument) === '')
    throw new Error('say why the batch is given up: the argument is the reason')
}

/** Refuses a park without a reason: somebody waits for what is parked. @throws {Error} */
export function validatePark(argument: ControlArgument): void {
  validateControl(argument)
  if (normaliseReason(argument) === '')
    throw new Error('say why the batch is parked: the argument is the reason')
}

/** Refuses a park of a topic that does not name partitions. @throws {Error} */
export function validateTopicPark(argument: ControlArgument): void {
  validatePark(argument)
  if (typeof argument !== 'object' || argument.partitions == null)
    throw new Error('name the partitions whose batch in hand is to be parked')
}

const normaliseReason = (argument: ControlArgument): string =>
  (typeof argument === 'string' ? argument : (argument?.reason ?? '')).trim()

const isPartitions = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one))

/** Completes the argument of a command to a topic with what the form of the Web UI leaves out. */
export function normaliseControl(argument: ControlArgument): TopicControlRequest {
  const given = typeof argument === 'string' ? { reason: argument } : argument
  return { ...normaliseRequest(argument), partitions: null, ...given }
}

/** Completes the argument of a command to one partition or batch. */
export function normaliseRequest(argument: ControlArgument): ControlRequest {
  const given = typeof argument === 'string' ? { reason: argument } : argument
  // An Update keeps its id when a Reset sends it again, so that it stays one command with one audit row.
  const commandId = currentUpdateInfo()?.id ?? uuid4()
  return { commandId, actor: 'temporal-web-ui', reason: '', ...given }
}
