import { builder } from '../builder.ts'
import * as errors from '../../context/errors.ts'

const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description: 'An expected failure. Every error type of a result implements it.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What went wrong and what to do, in plain words.' }),
  }),
})

const CommandErrorInterface = builder.interfaceRef<errors.CommandError>('CommandError').implement({
  description: 'A command that was asked for and did not succeed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    commandId: t.exposeID('commandId', {
      description:
        'Finds the command in controlEvents; repeat the command with it to retry without doing it twice.',
    }),
  }),
})

builder.objectType(errors.RangeTooLargeError, {
  name: 'RangeTooLargeError',
  description: 'The range holds more buckets than one answer may.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cap: t.exposeInt('cap', { description: 'Buckets that an answer may have.' }),
    asked: t.exposeFloat('asked', { description: 'Buckets that were asked for.' }),
  }),
})

builder.objectType(errors.TooManyRowsError, {
  name: 'TooManyRowsError',
  description: 'The answer would have more rows (buckets times groups) than it may.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ cap: t.exposeInt('cap', { description: 'Rows that an answer may have.' }) }),
})

builder.objectType(errors.TooManyBatchesError, {
  name: 'TooManyBatchesError',
  description: 'The answer would have to look at more batches than one answer may.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ cap: t.exposeInt('cap', { description: 'Batches that an answer may look at.' }) }),
})

builder.objectType(errors.PageTooLargeError, {
  name: 'PageTooLargeError',
  description: 'More rows were asked for than a page may have.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cap: t.exposeInt('cap', { description: 'Rows that a page may have.' }),
    asked: t.exposeInt('asked', { description: 'Rows that were asked for.' }),
  }),
})

builder.objectType(errors.RowsGoneError, {
  name: 'RowsGoneError',
  description:
    'Only rows of logins could answer, and those are kept for LOGIN_RETENTION_DAYS; the message says how to ask for days.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    keptFrom: t.expose('keptFrom', {
      type: 'DateTime',
      nullable: true,
      description: 'Start of the oldest day that has rows; null when none are kept.',
    }),
  }),
})

/** Errors with a message alone, and those of commands: each is a type under the name of its class. */
const messageErrors = [
  [errors.InvalidRangeError, 'The range is empty, or of time and not on whole buckets.'],
  [
    errors.InvalidPageError,
    'The page arguments do not go together, or a cursor does not belong to this list.',
  ],
  [errors.NotFoundError, 'There is no such topic, batch or run.'],
  [errors.InvalidAddressError, 'The text is neither an IPv4 nor an IPv6 address.'],
  [errors.InvalidVersionError, 'The text is no app version that others could be older than.'],
  [errors.OffsetsGoneError, 'The records are neither kept as rows nor held by Kafka any more.'],
  [errors.KafkaUnavailableError, 'Kafka, which holds the records, is away.'],
  [
    errors.InvalidCommandError,
    'An argument of the command is unusable; nothing was sent to the pipeline. The audit has it as refused.',
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
    'Temporal, which carries commands to the pipeline, is away; the message says whether the command was sent.',
  ],
  [
    errors.NoWorkerError,
    'No worker runs that could answer. A command waits in Temporal and takes effect once one runs, unless Temporal restarts.',
  ],
] as const

for (const [ErrorClass, description] of messageErrors)
  builder.objectType(ErrorClass, { name: ErrorClass.name, description, interfaces: [ErrorInterface] })
for (const [ErrorClass, description] of commandErrors)
  builder.objectType(ErrorClass, {
    name: ErrorClass.name,
    description,
    interfaces: [CommandErrorInterface, ErrorInterface],
  })
