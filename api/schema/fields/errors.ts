import { builder } from '../builder.ts'
import * as errors from '../../context/errors.ts'

const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description: 'An expected failure. Every error type of a result implements it.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What went wrong and what to do, in plain words.' }),
  }),
})

const CommandErrorInterface = builder.interfaceRef<errors.CommandError>('CommandError').implement({
  description: 'A command that did not succeed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    commandId: t.exposeID('commandId', {
      description:
        'Id of the command: it finds the command in controlEvents. Repeat the command with it to retry safely: it never acts twice.',
    }),
  }),
})

builder.objectType(errors.RangeTooLargeError, {
  name: 'RangeTooLargeError',
  description: 'The range has more buckets or periods than one answer may have.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cap: t.exposeInt('cap', { description: 'Buckets or periods that one answer may have.' }),
    asked: t.exposeFloat('asked', { description: 'Buckets or periods that were asked for.' }),
  }),
})

builder.objectType(errors.TooManyRowsError, {
  name: 'TooManyRowsError',
  description: 'The answer would have more counts, points or rows (buckets times groups) than it may have.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cap: t.exposeInt('cap', { description: 'Counts, points or rows that one answer may have.' }),
  }),
})

builder.objectType(errors.TooManyBatchesError, {
  name: 'TooManyBatchesError',
  description: 'The answer would have to add up more batches than one answer may.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ cap: t.exposeInt('cap', { description: 'Batches that one answer may add up.' }) }),
})

builder.objectType(errors.PageTooLargeError, {
  name: 'PageTooLargeError',
  description: 'More rows were asked for than one page may have.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cap: t.exposeInt('cap', { description: 'Rows that one page may have.' }),
    asked: t.exposeInt('asked', { description: 'Rows that were asked for.' }),
  }),
})

builder.objectType(errors.RowsGoneError, {
  name: 'RowsGoneError',
  description:
    'Only rows of logins could answer, and these are kept for LOGIN_RETENTION_DAYS; the message says what to ask instead.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    keptFrom: t.expose('keptFrom', {
      type: 'DateTime',
      nullable: true,
      description: 'Start of the oldest day that has rows; null when none are kept.',
    }),
  }),
})

/** Errors that only have a message. */
const messageErrors = [
  [
    errors.InvalidRangeError,
    'The range, moment or filter cannot be answered: a range that is empty, not on the edges of what is counted, before 1970 or older than ' +
      'its counts, a moment in the future, an unknown time zone, or a filter by more than is kept. The message says what to ask instead.',
  ],
  [
    errors.InvalidPageError,
    'The page arguments do not go together or are out of bounds, or a cursor belongs to another list.',
  ],
  [errors.NotFoundError, 'There is no such topic, partition, batch, run, user, device or address.'],
  [errors.InvalidAddressError, 'The text is neither an IPv4 nor an IPv6 address.'],
  [errors.InvalidVersionError, 'The text is not an app version that others could be older than.'],
  [
    errors.OffsetsGoneError,
    'The records are neither kept as rows nor held by Kafka any more; what is kept of them is their counts.',
  ],
  [errors.KafkaUnavailableError, 'Kafka, which holds the records, does not answer; ask again.'],
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
  builder.objectType(ErrorClass, { name: ErrorClass.name, description, interfaces: [ErrorInterface] })
for (const [ErrorClass, description] of commandErrors)
  builder.objectType(ErrorClass, {
    name: ErrorClass.name,
    description,
    interfaces: [CommandErrorInterface, ErrorInterface],
  })
