import { type BatchRow, keyOfBatch, readBatches, type RevisionRow } from '../../../db/read/ledger/batches.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { BatchStatusEnum, RevisionKindEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const BatchRevision = builder.objectRef<RevisionRow>('BatchRevision').implement({
  description: 'A change of a batch after it was written first.',
  fields: (t) => ({
    revision: t.exposeInt('revision', { description: 'Number of the change, from 1 on.' }),
    kind: t.expose('kind', { type: RevisionKindEnum, description: 'What changed it.' }),
    commandId: t.exposeID('command_id', {
      description:
        'The command that caused it (see controlEvents). An attempt that the workflow of the batch made by itself has ' +
        'no row there.',
    }),
    logins: t.exposeInt('logins', { description: 'Logins that it added.' }),
    rejects: t.exposeInt('rejects', {
      description: 'Rejects that it added; negative when they became logins.',
    }),
    processedAt: t.field({
      type: 'DateTime',
      description: 'The moment that counted as now when the records were decided.',
      resolve: ({ processed_at: at }) => new Date(at),
    }),
    committedAt: t.field({
      type: 'DateTime',
      description: 'When it was written.',
      resolve: ({ committed_at: at }) => new Date(at),
    }),
    codeVersion: t.exposeString('code_version', { description: 'Version of Rollcall that made it.' }),
    published: t.exposeBoolean('published', {
      description: 'Whether what it added is known to be on the topics that Rollcall publishes.',
    }),
  }),
})

export const Batch = builder.objectRef<BatchRow>('Batch').implement({
  description:
    'A contiguous range of offsets of one partition that was read at once: the unit of commitment and of replay. Every ' +
    'offset of it is a login, a reject or a gap, unless it is parked or skipped: then nothing of it is counted.',
  fields: (t) => ({
    id: t.expose('id', { type: 'Offset', description: 'Id of the batch; not in order of commit.' }),
    topic: t.exposeString('topic', { description: 'Topic that was read.' }),
    partition: t.exposeInt('partition', { description: 'Partition that was read.' }),
    fromOffset: t.expose('from_offset', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to_offset', { type: 'Offset', description: 'End of the range, itself not in it.' }),
    status: t.expose('status', { type: BatchStatusEnum, description: 'What became of it.' }),
    logins: t.exposeInt('logins', { description: 'Offsets that were counted as logins.' }),
    rejects: t.exposeInt('rejects', { description: 'Offsets that were rejected.' }),
    gaps: t.exposeInt('gaps', {
      description: 'Offsets without a record: transaction markers, aborted or compacted records.',
    }),
    firstEventAt: t.expose('first_event_at', {
      type: 'DateTime',
      nullable: true,
      description: 'Earliest time of an event; null without logins.',
    }),
    lastEventAt: t.expose('last_event_at', {
      type: 'DateTime',
      nullable: true,
      description: 'Latest time of an event; null without logins.',
    }),
    processedAt: t.expose('processed_at', {
      type: 'DateTime',
      description: 'When its records were decided.',
    }),
    committedAt: t.expose('committed_at', {
      type: 'DateTime',
      description: 'When it was written; the order of the list.',
    }),
    codeVersion: t.exposeString('code_version', { description: 'Version of Rollcall that decided it.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it was parked, given up, or lost; null otherwise.',
    }),
    incarnation: t.exposeInt('incarnation', {
      description:
        'Which log the offsets belong to. The number rises when a topic is truncated or re-created, because its ' +
        'offsets are then used again.',
    }),
    withheldAt: t.expose('withheld_at', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when its outputs are withheld by parkBatch: its logins are counted, and replayBatch publishes them. ' +
        'Null otherwise.',
    }),
    rules: t.expose('rules', {
      type: 'JSON',
      nullable: true,
      description:
        'What its records were decided by: the version of the rules and the limits of that time (LOGIN_MAX_BYTES, ' +
        'EVENT_MAX_AGE_DAYS, max.message.bytes of the output topic). Null for a batch that is parked, skipped, or was ' +
        'written before this was recorded.',
    }),
    changedAt: t.expose('changed_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last changed; null when it is as it was first written.',
    }),
    skippedBy: t.id({
      nullable: true,
      description: 'The command that gave up the batch (see controlEvents); null unless it is skipped.',
      resolve: ({ status, command_id: commandId }) => (status === 'skipped' ? commandId : null),
    }),
    revision: t.exposeInt('revision', {
      description:
        'How many times the batch was changed: by a replay, a redrive of its rejects, or the publication of its withheld outputs.',
    }),
    revisions: t.expose('revisions', {
      type: [BatchRevision],
      // A few at most; only what is asked of each counts.
      complexity: { field: 1, multiplier: 1 },
      description: 'The changes, in order.',
    }),
  }),
})

const BatchFilterInput = builder.inputType('BatchFilter', {
  description: 'Which batches to list; all conditions must hold.',
  fields: (t) => ({
    statuses: t.field({ type: [BatchStatusEnum], description: 'Any of these statuses.' }),
    partition: t.int({ description: 'Only this partition.' }),
    fromOffset: t.field({
      type: 'Offset',
      description: 'With toOffset: only batches that hold an offset of [fromOffset, toOffset).',
    }),
    toOffset: t.field({ type: 'Offset', description: 'End of the offsets, itself not in them.' }),
    error: t.string({ description: 'Text that the error contains; upper and lower case are the same.' }),
    committed: t.field({ type: TimeRangeInput, description: 'When they were written first.' }),
  }),
})

builder.queryField('batches', (t) =>
  t.connection(
    {
      type: Batch,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError],
        union: { description: 'A page of batches, or why not.' },
      },
      description: 'The ledger of what was read, latest written first.',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the batches; left out: the one that is counted.' }),
        filter: t.arg({ type: BatchFilterInput, description: 'Which batches; left out: all.' }),
      },
      resolve: (_, args, context) =>
        readConnection('batches', args, keyOfBatch, (page) =>
          context.read((session) =>
            readBatches(session, args.topic ?? context.topic, batchFilter(args.filter), page),
          ),
        ),
    },
    {
      name: 'BatchConnection',
      description: 'A page of batches.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'BatchEdge', description: 'A batch and its place in the list.' },
  ),
)

const batchFilter = (input: typeof BatchFilterInput.$inferInput | null | undefined) => ({
  statuses: input?.statuses ?? null,
  partition: input?.partition ?? null,
  fromOffset: input?.fromOffset ?? null,
  toOffset: input?.toOffset ?? null,
  error: input?.error ?? null,
  committed: timeRange(input?.committed),
})
