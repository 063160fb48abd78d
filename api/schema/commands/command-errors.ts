import { builder } from '../builder.ts'
import * as errors from '../../context/command-errors.ts'
import { NotFoundError } from '../../context/errors.ts'
import { runbook, type RunbookSection } from '../../context/runbook.ts'
import { needs } from '../../context/permission.ts'

/** Where the runbook goes on about a command that did not succeed. */
function sectionOf(error: Error): RunbookSection {
  if (error instanceof errors.NoWorkerError) return 'rollcallnoworker'
  if (error instanceof errors.TemporalUnavailableError) return 'rollcalldependencyaway'
  if (error instanceof errors.BatchFailedError) return 'parked-batches'
  return 'commands-that-do-not-take-effect'
}

const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  extensions: needs('figures'),
  description: 'Why a command did not succeed. Every error type of a result implements it.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What went wrong and what to do, in plain words.' }),
    runbook: t.string({
      description: 'The section of the runbook that is about it, as a path in the project and an anchor.',
      resolve: (error) => runbook(sectionOf(error)),
    }),
  }),
})

const CommandErrorInterface = builder.interfaceRef<errors.CommandError>('CommandError').implement({
  extensions: needs('figures'),
  description: 'A command that did not succeed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    commandId: t.exposeID('commandId', {
      description:
        'Id of the command: it finds the command in controlEvents. Repeat the command with it to retry safely: it never acts twice.',
    }),
  }),
})

/** Errors that only have a message. */
const messageErrors = [
  [NotFoundError, 'There is no such topic, batch or run.'],
  [
    errors.InvalidCommandError,
    'An argument of the command is unusable. Nothing was sent to the pipeline, and the audit records the command as refused.',
  ],
] as const

const commandErrors = [
  [
    errors.CommandRefusedError,
    'The current state does not allow the command, for example to pause a partition that is paused. Nothing ' +
      'changed.',
  ],
  [errors.BatchFailedError, 'The batch failed again and stays parked; the message says why.'],
  [
    errors.CommandFailedError,
    'The command failed or did not finish in time; the message says whether it may still take effect.',
  ],
  [
    errors.TemporalUnavailableError,
    'Temporal, which carries commands to the pipeline, does not answer; the message says whether the command was sent.',
  ],
  [
    errors.NoWorkerError,
    'No worker answers. A command waits in Temporal and takes effect once a worker runs, unless Temporal restarts before.',
  ],
] as const

for (const [ErrorClass, description] of messageErrors)
  builder.objectType(ErrorClass, {
    extensions: needs('figures'),
    name: ErrorClass.name,
    description,
    interfaces: [ErrorInterface],
  })
for (const [ErrorClass, description] of commandErrors)
  builder.objectType(ErrorClass, {
    extensions: needs('figures'),
    name: ErrorClass.name,
    description,
    interfaces: [CommandErrorInterface, ErrorInterface],
  })
