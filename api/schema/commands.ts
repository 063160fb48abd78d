import type { PartitionStatus } from '../../workflows/contract.ts'
import { builder } from '../builder.ts'
import type { CommandName, CommandOutcome } from '../commands.ts'
import {
  CommandFailedError,
  CommandRefusedError,
  InvalidCommandError,
  NotFoundError,
  NoWorkerError,
  TemporalUnavailableError,
} from '../errors.ts'
import { IngestStateEnum } from './enums.ts'

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

const CommandResult = builder.objectRef<CommandOutcome>('CommandResult').implement({
  description: 'A command that has taken effect.',
  fields: (t) => ({
    commandId: t.exposeID('commandId', { description: 'Finds the command in controlEvents.' }),
    topic: t.exposeString('topic', { description: 'The topic it was for.' }),
    partitions: t.expose('partitions', {
      type: [CommandedPartition],
      description: 'The partitions it was for, as they stand now.',
    }),
  }),
})

const commands: { field: string; command: CommandName; description: string }[] = [
  {
    field: 'pauseIngestion',
    command: 'pause',
    description:
      'Stops reading a topic, or some of its partitions, after the batch in hand. Returns once it has really stopped, with ' +
      'the offsets it stopped at. It stays paused, whatever restarts, until it is resumed.',
  },
  {
    field: 'resumeIngestion',
    command: 'resume',
    description:
      'Goes on reading a topic, or some of its partitions, where it stopped. Returns once it has really started.',
  },
]

for (const { field, command, description } of commands) {
  builder.mutationField(field, (t) =>
    t.field({
      type: CommandResult,
      errors: {
        types: [
          InvalidCommandError,
          NotFoundError,
          CommandRefusedError,
          CommandFailedError,
          TemporalUnavailableError,
          NoWorkerError,
        ],
        union: { description: 'That the command took effect, or why not.' },
      },
      description,
      args: {
        topic: t.arg.string({ description: 'The topic; left out: the one that is counted.' }),
        partitions: t.arg.intList({ description: 'The partitions; left out: all of the topic.' }),
        reason: t.arg.string({
          required: true,
          description: 'Why, for the audit and for whoever finds it paused; 1 to 500 characters.',
        }),
        commandId: t.arg.id({
          description:
            'A uuid of your own, to repeat a command safely: the same id never acts twice. Left out: a new one.',
        }),
      },
      resolve: (_, { topic, partitions, reason, commandId }, context) =>
        context.commands.run({
          command,
          topic: topic ?? context.topic,
          partitions: partitions ?? null,
          reason,
          actor: context.actor,
          commandId: commandId ?? null,
        }),
    }),
  )
}
