import { readBatch } from '../../../db/read/ledger/batches.ts'
import { builder } from '../builder.ts'
import type { SettledBatch } from '../../context/command-types.ts'
import { BatchFailedError } from '../../context/command-errors.ts'
import { needs } from '../../context/permission.ts'
import { Batch } from '../pipeline/batches.ts'
import { commandArgs, commandErrors, commandRequest } from './command-args.ts'
import { BatchCommandOutcomeEnum } from '../fields/pipeline-enums.ts'

const BatchCommandSuccess = builder.objectRef<SettledBatch>('BatchCommandSuccess').implement({
  extensions: needs('figures'),
  description: 'A command to a batch that has taken effect, by now or before.',
  fields: (t) => ({
    commandId: t.exposeID('commandId', { description: 'Finds the command in controlEvents.' }),
    outcome: t.expose('outcome', { type: BatchCommandOutcomeEnum, description: 'What became of the batch.' }),
    attempts: t.exposeInt('logins', { description: 'Attempts of the batch, as they are counted now.' }),
    rejects: t.exposeInt('rejects', { description: 'Rejects of the batch, as they are counted now.' }),
    batch: t.field({
      type: Batch,
      nullable: true,
      description:
        'The batch as the primary has it now, even when replicas are behind. Null when the primary went away after ' +
        'the command took effect.',
      resolve: ({ batchId }, _, context) => context.readPrimary((session) => readBatch(session, batchId)),
    }),
  }),
})

const commands = [
  {
    field: 'replayBatch',
    command: 'replay',
    description:
      'Counts and publishes a parked batch, once the cause of its failure is mended. Replays are idempotent: the ' +
      'batch is counted once, however often this is sent. Returns when the batch is counted and published, or with ' +
      'the reason why it stays parked.',
  },
  {
    field: 'skipBatch',
    command: 'skip',
    description:
      'Gives a parked batch up for good: its offsets are never counted, and stay in the ledger with the reason. Refused ' +
      'when it is counted.',
  },
] as const

for (const { field, command, description } of commands) {
  builder.mutationField(field, (t) =>
    t.field({
      extensions: needs('commands'),
      type: BatchCommandSuccess,
      nullable: true,
      errors: {
        types: [...commandErrors, BatchFailedError],
        union: { description: 'What became of the batch, or why nothing did.' },
      },
      description,
      args: {
        batchId: t.arg({
          type: 'Offset',
          required: true,
          description: 'Number of the batch (Batch.batchId).',
        }),
        ...commandArgs(),
      },
      resolve: (_, args, context) =>
        context.commands.resolveParkedBatch({
          ...commandRequest(args, context),
          command,
          batchId: args.batchId,
        }),
    }),
  )
}
