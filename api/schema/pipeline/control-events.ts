import {
  countControlEvents,
  type ControlEventRow,
  keyOfControlEvent,
  readControlEvent,
  readControlEvents,
} from '../../../db/read/ledger/control-events.ts'
import type { CommandName } from '../../../domain/pipeline/command-name.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { ControlResultEnum } from '../fields/pipeline-enums.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const ControlCommandEnum = builder.enumType('ControlCommand', {
  description: 'A command to the pipeline, by the name of its mutation.',
  values: {
    PAUSE_INGESTION: { value: 'pause', description: 'pauseIngestion.' },
    RESUME_INGESTION: { value: 'resume', description: 'resumeIngestion.' },
    ACCEPT_OFFSET_LOSS: { value: 'accept_loss', description: 'acceptOffsetLoss.' },
    PARK_BATCH: { value: 'park', description: 'parkBatch.' },
    REPLAY_BATCH: { value: 'replay', description: 'replayBatch, and each batch of a replay run.' },
    SKIP_BATCH: { value: 'skip', description: 'skipBatch.' },
    REPLAY_BATCHES: { value: 'replay_many', description: 'replayBatches.' },
    PAUSE_REPLAY_RUN: { value: 'pause_run', description: 'pauseReplayRun.' },
    RESUME_REPLAY_RUN: { value: 'resume_run', description: 'resumeReplayRun.' },
    CANCEL_REPLAY_RUN: { value: 'cancel_run', description: 'cancelReplayRun.' },
    REDRIVE_REJECTED_RECORDS: { value: 'redrive', description: 'redriveRejectedRecords.' },
  } as const satisfies Record<string, { value: CommandName; description: string }>,
})

const ControlEvent = builder.node(builder.objectRef<ControlEventRow>('ControlEvent'), {
  extensions: needs('audit'),
  id: { resolve: ({ id }) => String(id) },
  loadOne: (id: string, context) => context.read((session) => readControlEvent(session, BigInt(id))),
  description:
    'A command to the pipeline: who, what, when, why, and how it ended. Never changed once written.',
  fields: (t) => ({
    commandId: t.exposeID('command_id', {
      description:
        'Id of the command. A command that no workflow answered has the suffix /unanswered. A batch of a replay run ' +
        'has the id of the run, a slash and the id of the batch. A command with unusable arguments has a new id with ' +
        'the suffix /invalid. What came past the API without a signature has one that begins with temporal/.',
    }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    actor: t.exposeString('actor', {
      description:
        'Who asked. `temporal`: it came past the API and without a signature, and `detail.claim` has what its sender says of itself.',
    }),
    isVerified: t.exposeBoolean('is_verified', {
      description:
        'Whether it is proven who asked: an identity provider vouched for them, and what a workflow was sent for them is signed.',
    }),
    command: t.expose('command', { type: ControlCommandEnum, description: 'What was asked for.' }),
    topic: t.exposeString('topic', { description: 'Topic it was for.' }),
    partitions: t.exposeIntList('partitions', {
      nullable: true,
      description: 'The partitions it was for; null: any of the topic.',
    }),
    reason: t.exposeString('reason', { description: 'Why, in the words of the one who asked.' }),
    result: t.expose('result', { type: ControlResultEnum, description: 'How it ended.' }),
    detail: t.expose('detail', {
      type: 'JSON',
      description:
        'Further facts: what the command was for and what it achieved (partitions with their offsets, the batch and ' +
        'its outcome, the numbers of a run), or why it was refused.',
    }),
  }),
})

const ControlEventFilterInput = builder.inputType('ControlEventFilter', {
  description:
    'Which commands to list; all conditions must hold. Example: {commands: [REPLAY_BATCH], results: [REFUSED]}.',
  fields: (t) => ({
    commandId: t.string({ description: 'Only this command.' }),
    commands: t.field({ type: [ControlCommandEnum], description: 'Any of these commands.' }),
    actor: t.string({ description: 'Only of this actor.' }),
    results: t.field({ type: [ControlResultEnum], description: 'Any of these results.' }),
    requestedAt: t.field({ type: TimeRangeInput, description: 'When they were asked for.' }),
  }),
})

builder.queryField('controlEvents', (t) =>
  t.connection(
    {
      extensions: needs('audit'),
      type: ControlEvent,
      nullable: true,
      description: 'The audit: every command, allowed or not, latest first.',
      complexity: connectionComplexity,
      args: {
        filter: t.arg({ type: ControlEventFilterInput, description: 'Which commands; default: all.' }),
      },
      resolve: (_, args, context) => {
        const filter = controlEventFilter(args.filter)
        return readConnection(context, args, {
          list: 'controlEvents',
          keyOf: keyOfControlEvent,
          read: (session, page) => readControlEvents(session, filter, page),
          count: (session, limit) => countControlEvents(session, filter, limit),
        })
      },
    },
    { name: 'ControlEventConnection', description: 'A page of the audit.' },
    { name: 'ControlEventEdge', description: 'A command and its place in the list.' },
  ),
)

const controlEventFilter = (input: typeof ControlEventFilterInput.$inferInput | null | undefined) => ({
  commandId: input?.commandId ?? null,
  commands: input?.commands ?? null,
  actor: input?.actor ?? null,
  results: input?.results ?? null,
  requested: timeRange(input?.requestedAt),
})
