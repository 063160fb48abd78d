import type { InputShapeFromFields } from '@pothos/core'
import type { PartitionStatus as PartitionStatusShape } from '../../../workflows/contract.ts'
import { builder } from '../builder.ts'
import type { IngestionOutcome } from '../../context/command-types.ts'
import type { ApiContext } from '../../context/context.ts'
import { needs } from '../../context/permission.ts'
import { commandArgs, commandErrors, commandRequest } from './command-args.ts'
import { IngestionStateEnum } from '../fields/pipeline-enums.ts'

const PartitionStatus = builder.objectRef<PartitionStatusShape>('PartitionStatus').implement({
  extensions: needs('figures'),
  description: 'A partition as it stood once the command had taken effect.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    state: t.expose('state', { type: IngestionStateEnum, description: 'What it is doing.' }),
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

const IngestionCommandSuccess = builder.objectRef<IngestionOutcome>('IngestionCommandSuccess').implement({
  extensions: needs('figures'),
  description: 'A command to the ingestion that has taken effect.',
  fields: (t) => ({
    commandId: t.exposeID('commandId', { description: 'Finds the command in controlEvents.' }),
    topic: t.exposeString('topic', { description: 'The topic it was for.' }),
    partitions: t.expose('partitions', {
      type: [PartitionStatus],
      description: 'The partitions it was for, as they stand now.',
    }),
  }),
})

const result = {
  type: IngestionCommandSuccess,
  nullable: true as const,
  errors: { types: commandErrors, union: { description: 'That the command took effect, or why not.' } },
}

const ingestionArgs = () => ({
  ...builder.args((t) => ({
    topic: t.string({ description: 'The topic; default: the one that is counted.' }),
    partitions: t.intList({ description: 'The partitions; default: all of the topic.' }),
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
    extensions: needs('commands'),
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
    extensions: needs('commands'),
    ...result,
    description:
      'Resumes a topic, or some of its partitions, where reading stopped: after a pause, or after a halt whose ' +
      'cause is mended. Returns once reading has really started.',
    args: {
      ...ingestionArgs(),
      acceptFlood: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'True lets through a flood of rejects or failing batches that made a partition halt: they are written and ' +
          'parked from now on, until a window of records is calm again.',
      }),
    },
    resolve: (_, args, context) =>
      context.commands.controlIngestion({
        ...ingestionRequest(args, context),
        command: 'resume',
        accept: args.acceptFlood,
      }),
  }),
)

builder.mutationField('acceptOffsetLoss', (t) =>
  t.field({
    extensions: needs('commands'),
    ...result,
    description:
      'Resumes partitions that halted because Kafka has lost offsets: by retention, or because the topic was ' +
      'truncated or re-created. Reading goes on after the lost offsets, which stay in the ledger as a batch of ' +
      'status SKIPPED. Refused where nothing is lost. Returns once reading has started.',
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
    extensions: needs('commands'),
    ...result,
    description:
      'Sets aside what a waiting or halted partition cannot get past, and goes on after it. A batch that cannot be ' +
      'counted is parked; replayBatch counts it later. If counted batches cannot be published, their counts stay ' +
      'and their outputs are withheld (Batch.withheldAt); replayBatch publishes those later and counts nothing. ' +
      'Refused while the partition runs, and where offsets are lost (use acceptOffsetLoss).',
    args: {
      topic: t.arg.string({ description: 'The topic; default: the one that is counted.' }),
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
