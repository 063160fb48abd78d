import {
  type ControlEventRow,
  keyOfControlEvent,
  readControlEvents,
} from '../../../db/read/ledger/control-events.ts'
import type { CommandName } from '../../context/command-types.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { ControlResultEnum } from '../fields/pipeline-enums.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

/** The GraphQL command for each name in the audit. */
const commands: Record<CommandName, string> = {
  pause: 'pauseIngestion',
  resume: 'resumeIngestion',
  accept_loss: 'acceptOffsetLoss',
  park: 'parkBatch',
  replay: 'replayBatch, and each batch of a replay run',
  skip: 'skipBatch',
  replay_many: 'replayBatches',
  pause_run: 'pauseReplayRun',
  resume_run: 'resumeReplayRun',
  cancel_run: 'cancelReplayRun',
  redrive: 'replayRejected',
}
const commandNames = Object.entries(commands)
  .map(([name, field]) => `${name} (${field})`)
  .join(', ')

const ControlEvent = builder.objectRef<ControlEventRow>('ControlEvent').implement({
  description:
    'A command to the pipeline: who, what, when, why, and how it ended. Never changed once written.',
  fields: (t) => ({
    commandId: t.exposeID('command_id', {
      description:
        'Id of the command. A command that no workflow answered has the suffix /unanswered. A batch of a replay run ' +
        'has the id of the run, a slash and the id of the batch. A command with unusable arguments has a new id with ' +
        'the suffix /invalid.',
    }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    actor: t.exposeString('actor', { description: 'Who asked, as they named themselves.' }),
    command: t.exposeString('command', { description: `What was asked for: ${commandNames}.` }),
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
  description: 'Which commands to list; all conditions must hold.',
  fields: (t) => ({
    commandId: t.string({ description: 'Only this command.' }),
    command: t.string({ description: `Only this kind: ${Object.keys(commands).join(', ')}.` }),
    actor: t.string({ description: 'Only of this actor.' }),
    results: t.field({ type: [ControlResultEnum], description: 'Any of these results.' }),
    requested: t.field({ type: TimeRangeInput, description: 'When they were asked for.' }),
  }),
})

builder.queryField('controlEvents', (t) =>
  t.connection(
    {
      type: ControlEvent,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError],
        union: { description: 'A page of the audit, or why not.' },
      },
      description: 'The audit: every command, allowed or not, latest first.',
      complexity: connectionComplexity,
      args: {
        filter: t.arg({ type: ControlEventFilterInput, description: 'Which commands; left out: all.' }),
      },
      resolve: (_, args, context) =>
        readConnection('controlEvents', args, keyOfControlEvent, (page) =>
          context.read((session) => readControlEvents(session, controlEventFilter(args.filter), page)),
        ),
    },
    { name: 'ControlEventConnection', description: 'A page of the audit.' },
    { name: 'ControlEventEdge', description: 'A command and its place in the list.' },
  ),
)

const controlEventFilter = (input: typeof ControlEventFilterInput.$inferInput | null | undefined) => ({
  commandId: input?.commandId ?? null,
  command: input?.command ?? null,
  actor: input?.actor ?? null,
  results: input?.results ?? null,
  requested: timeRange(input?.requested),
})
