import type { InputShapeFromFields } from '@pothos/core'
import { builder } from '../builder.ts'
import { REASON_MAX_CHARACTERS } from '../../../workflows/contract.ts'
import type { CommandRequest } from '../../context/command-types.ts'
import type { ApiContext } from '../../context/context.ts'
import {
  CommandFailedError,
  CommandRefusedError,
  InvalidCommandError,
  NoWorkerError,
  TemporalUnavailableError,
} from '../../context/command-errors.ts'
import { NotFoundError } from '../../context/errors.ts'

/** The arguments that every command has. */
export const commandArgs = () =>
  builder.args((t) => ({
    reason: t.string({
      required: true,
      description: `Why you send the command, for the audit: one line of 1 to ${REASON_MAX_CHARACTERS} characters. Example: "the broker is upgraded".`,
    }),
    commandId: t.id({
      description:
        'A UUID that you choose, to repeat the command safely: a command with the same id never acts twice. Default: a new one.',
    }),
  }))

type CommandArgs = InputShapeFromFields<ReturnType<typeof commandArgs>>

export const commandRequest = (
  { reason, commandId }: CommandArgs,
  { caller, topic }: ApiContext,
): CommandRequest => {
  const { issuer, subject, name } = caller.actor
  return { topic, reason, actor: { issuer, subject, name }, commandId: commandId ?? null }
}

/** The errors that every command may return. */
export const commandErrors = [
  InvalidCommandError,
  NotFoundError,
  CommandRefusedError,
  CommandFailedError,
  TemporalUnavailableError,
  NoWorkerError,
]
