import { uuid4 } from '@temporalio/workflow'
import type { TopicControlRequest } from './contract.ts'

/** What an operator may hand to a command: the API sends the object, the Web UI's form one text (the reason) or nothing. */
export type ControlArgument = TopicControlRequest | string | undefined

const REASON_MAX_CHARACTERS = 500

/**
 * Refuses arguments that no command can work with, before they become part of the history.
 * @throws {Error} naming what is wrong
 */
export function validateControl(argument: ControlArgument): void {
  const reason = typeof argument === 'string' ? argument : (argument?.reason ?? '')
  if (typeof reason !== 'string' || reason.length > REASON_MAX_CHARACTERS) {
    throw new Error(`the reason must be text of at most ${REASON_MAX_CHARACTERS} characters`)
  }
  const partition = typeof argument === 'object' ? argument.partition : null
  if (partition !== null && !Number.isInteger(partition))
    throw new Error('partition must be a whole number or null')
}

/** Fills in what the Web UI's form leaves out. */
export function normaliseControl(argument: ControlArgument): TopicControlRequest {
  const given = typeof argument === 'string' ? { reason: argument } : argument
  return { commandId: uuid4(), actor: 'temporal-web-ui', reason: '', partition: null, ...given }
}
