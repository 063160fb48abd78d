import type { InputShapeFromFields } from '@pothos/core'
import type { PartitionStatus } from '../../../workflows/contract.ts'
import { builder } from '../builder.ts'
import type { IngestionOutcome } from '../../context/commands.ts'
import type { ApiContext } from '../../context/context.ts'
import { commandArgs, commandErrors, commandRequest } from './command-args.ts'
import { IngestStateEnum } from '../fields/pipeline-enums.ts'

const CommandedPartition = builder.objectRef<PartitionStatus>('CommandedPartition').implement({
  description: 'A partition as it stood once the command had taken effect.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    state: t.expose('state', { type: IngestStateEnum, description: 'What it is doing.' }),
    nextOffset: t.field({
      type: 'Offset',
      nullable: true,
      description:
        'The next offset that will be read, as of the last slice that ended: where it stopped, when it is paused. Null ' +
        'before any slice ended.',
      resolve: ({ nextOffset }) => (nextOffset === null ? null : BigInt(nextOffset)),
    }),
    reason: t.exposeString('reason', {
      description: 'Why it is paused, waits or is halted; empty while it runs.',
    }),
    since: t.field({
      type: 'DateTime',
      description: 'When it came into this state.',
      resolve: ({ since }) => new Date(since),
    }),
  }),
})

const CommandResult = builder.objectRef<IngestionOutcome>('CommandResult').implement({
  description: 'A command to the ingestion that has taken effect.',
  fields: (t) => ({
    commandId: t.exposeID('commandId', { description: 'Finds the command in controlEvents.' }),
    topic: t.exposeString('topic', { description: 'The topic it was for.' }),
    partitions: t.expose('partitions', {
      type: [CommandedPartition],
      description: 'The partitions it was for, as they stand now.',
    }),
  }),
})

const result = {
  type: CommandResult,
  errors: { types: commandErrors, union: { description: 'That the command took effect, or why not.' } },
}

const ingestionArgs = () => ({
  ...builder.args((t) => ({
    topic: t.string({ description: 'The topic; left out: the one that is counted.' }),
    partitions: t.intList({ description: 'The partitions; left out: all of the topic.' }),
  })),
  ...commandArgs(),
})

type IngestionArgs = InputShapeFromFields<ReturnType<typeof ingestionArgs>>

const ingestionRequest = (args: IngestionArgs, context: ApiContext) => ({
  ...commandRequest(args, context),
  topic: args.topic ?? context.topic,
  partitions: args.partitions ?? null,
})

builder.mutationField('pauseIngestion', (t) =>
  t.field({
    ...result,
    description:
      'Stops reading a topic, or some of its partitions, after the batch in hand. Returns once it has really stopped, with ' +
      'the offsets it stopped at. It stays paused, whatever restarts, until it is resumed.',
    args: ingestionArgs(),
    resolve: (_, args, context) =>
      context.commands.controlIngestion({
        ...ingestionRequest(args, context),
        command: 'pause',
        accept: false,
      }),
  }),
)

builder.mutationField('resumeIngestion', (t) =>
  t.field({
    ...result,
    description:
      'Goes on reading a topic, or some of its partitions, where it stopped: paused by an operator, or halted for a cause ' +
      'that is mended. Returns once it has really started.',
    args: {
      ...ingestionArgs(),
      accept: t.arg.boolean({
        defaultValue: false,
        description:
          'True lets through the flood of rejects, or of batches that fail, for which a partition halted: they are written ' +
          'and parked from here on, until a window of records is calm again.',
      }),
    },
    resolve: (_, args, context) =>
      context.commands.controlIngestion({
        ...ingestionRequest(args, context),
        command: 'resume',
        accept: args.accept ?? false,
      }),
  }),
)

builder.mutationField('acceptOffsetLoss', (t) =>
  t.field({
    ...result,
    description:
      'Goes on behind offsets that are gone from Kafka (retention, a truncated topic, one created anew), for which a ' +
      'partition halted. What was lost stays in the ledger as a batch of status SKIPPED. Refused where nothing is lost. ' +
      'Returns once reading has started.',
    args: ingestionArgs(),
    resolve: (_, args, context) =>
      context.commands.controlIngestion({
        ...ingestionRequest(args, context),
        command: 'accept_loss',
        accept: false,
      }),
  }),
)

builder.mutationField('parkBatch', (t) =>
  t.field({
    ...result,
    description:
      'Sets aside what a partition that waits or is halted cannot get over, and goes on behind it. The batch in hand is parked: ' +
      'counted by nobody until replayBatch does. If what is counted cannot be published, its counts stay and its outputs are ' +
      'withheld (Batch.withheldAt): replayBatch publishes them then and counts nothing. Refused while the partition runs, and where ' +
      'offsets are lost (acceptOffsetLoss).',
    args: {
      topic: t.arg.string({ description: 'The topic; left out: the one that is counted.' }),
      partition: t.arg.int({ required: true, description: 'The partition.' }),
      ...commandArgs(),
    },
    resolve: (_, { topic, partition, ...args }, context) =>
      context.commands.controlIngestion({
        ...commandRequest(args, context),
        topic: topic ?? context.topic,
        partitions: [partition],
        command: 'park',
        accept: false,
      }),
  }),
)
