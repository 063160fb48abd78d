import {
  countBatches,
  type BatchRow,
  keyOfBatch,
  readBatch,
  readBatches,
  type RevisionRow,
} from '../../../db/read/ledger/batches.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { BatchStatusEnum, RevisionKindEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const BatchRevision = builder.objectRef<RevisionRow>('BatchRevision').implement({
  extensions: needs('figures'),
  description: 'A change of a batch after it was written first.',
  fields: (t) => ({
    revision: t.exposeInt('revision', { description: 'Number of the change, from 1 on.' }),
    kind: t.expose('kind', { type: RevisionKindEnum, description: 'What changed it.' }),
    commandId: t.exposeID('command_id', {
      description:
        'The command that caused it (see controlEvents). An attempt that the workflow of the batch made by itself has ' +
        'no row there.',
    }),
    attempts: t.exposeInt('logins', { description: 'Attempts that it added.' }),
    rejects: t.exposeInt('rejects', {
      description: 'Rejects that it added; negative when they became attempts.',
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
    isPublished: t.exposeBoolean('published', {
      description: 'Whether what it added is known to be on the topics that Rollcall publishes.',
    }),
  }),
})

export const Batch = builder.node(builder.objectRef<BatchRow>('Batch'), {
  extensions: needs('figures'),
  id: { resolve: ({ id }) => String(id) },
  loadOne: (id: string, context) => context.read((session) => readBatch(session, BigInt(id))),
  description:
    'A contiguous range of offsets of one partition that was read at once: the unit of commitment and of replay. Every ' +
    'offset of it is an attempt, a reject or a gap, unless it is parked or skipped: then nothing of it is counted.',
  fields: (t) => ({
    batchId: t.expose('id', { type: 'Offset', description: 'Number of the batch; not in order of commit.' }),
    topic: t.exposeString('topic', { description: 'Topic that was read.' }),
    partition: t.exposeInt('partition', { description: 'Partition that was read.' }),
    fromOffset: t.expose('from_offset', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to_offset', { type: 'Offset', description: 'End of the range, exclusive.' }),
    status: t.expose('status', { type: BatchStatusEnum, description: 'What became of it.' }),
    attempts: t.exposeInt('logins', { description: 'Offsets that were counted as attempts.' }),
    rejects: t.exposeInt('rejects', { description: 'Offsets that were rejected.' }),
    gaps: t.exposeInt('gaps', {
      description: 'Offsets without a record: transaction markers, aborted or compacted records.',
    }),
    firstEventAt: t.expose('first_event_at', {
      type: 'DateTime',
      nullable: true,
      description: 'Earliest time of an event; null without attempts.',
    }),
    lastEventAt: t.expose('last_event_at', {
      type: 'DateTime',
      nullable: true,
      description: 'Latest time of an event; null without attempts.',
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
      extensions: needs('failures', 'text'),
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
        'Since when its outputs are withheld by parkBatch: its attempts are counted, and replayBatch publishes them. ' +
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
    skippedByCommandId: t.id({
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
  description:
    'Which batches to list; all conditions must hold. Example: {statuses: [PARKED], committedAt: {from: "2026-11-01"}}.',
  fields: (t) => ({
    statuses: t.field({ type: [BatchStatusEnum], description: 'Any of these statuses.' }),
    partitions: t.intList({ description: 'Any of these partitions.' }),
    fromOffset: t.field({
      type: 'Offset',
      description: 'With toOffset: only batches that hold an offset of [fromOffset, toOffset).',
    }),
    toOffset: t.field({ type: 'Offset', description: 'End of the offsets, exclusive.' }),
    errorContains: t.string({
      extensions: needs('failures'),
      description: 'Only if the error contains this text; upper and lower case are the same.',
    }),
    committedAt: t.field({ type: TimeRangeInput, description: 'When they were written first.' }),
  }),
})

builder.queryField('batches', (t) =>
  t.connection(
    {
      extensions: needs('figures'),
      type: Batch,
      nullable: true,
      description: 'The ledger of what was read, latest written first.',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the batches; default: the one that is counted.' }),
        filter: t.arg({ type: BatchFilterInput, description: 'Which batches; default: all.' }),
      },
      resolve: (_, args, context) => {
        const topic = args.topic ?? context.topic
        const filter = batchFilter(args.filter)
        return readConnection(context, args, {
          list: 'batches',
          keyOf: keyOfBatch,
          read: (session, page) => readBatches(session, topic, filter, page),
          count: (session, limit) => countBatches(session, topic, filter, limit),
        })
      },
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
  partitions: input?.partitions ?? null,
  fromOffset: input?.fromOffset ?? null,
  toOffset: input?.toOffset ?? null,
  error: input?.errorContains ?? null,
  committed: timeRange(input?.committedAt),
})
