import type { LastBatch } from '../../../db/read/ledger/progress.ts'
import type { OpenTransaction } from '../../../domain/pipeline/partition-log.ts'
import { readUnknownOutcomes } from '../../../db/read/ledger/unknown-outcomes.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import {
  type Ingestion as IngestionShape,
  type IngestionPartition as IngestionPartitionShape,
  incompleteReasonsOf,
  readIngestion,
  unreadOf,
} from '../../pipeline/ingestion.ts'
import { BatchStatusEnum, IngestionStateEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { IncompleteReasonType } from '../fields/incomplete-reason.ts'
import { ProblemType } from './ingestion-problem.ts'
import { UnknownOutcomeType } from './unknown-outcome.ts'

const LastBatchType = builder.objectRef<LastBatch>('LastBatch').implement({
  extensions: needs('figures'),
  description: 'The batch with the highest offsets of a partition.',
  fields: (t) => ({
    batchId: t.expose('id', { type: 'Offset', description: 'Number of the batch (Batch.batchId).' }),
    fromOffset: t.expose('from_offset', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to_offset', { type: 'Offset', description: 'End of the range, exclusive.' }),
    status: t.expose('status', { type: BatchStatusEnum, description: 'What became of it.' }),
    attempts: t.exposeInt('logins', { description: 'Offsets that were counted as attempts.' }),
    rejects: t.exposeInt('rejects', { description: 'Offsets that were rejected.' }),
    committedAt: t.expose('committed_at', { type: 'DateTime', description: 'When it was written.' }),
  }),
})

const OpenTransactionType = builder.objectRef<OpenTransaction>('OpenTransaction').implement({
  extensions: needs('figures'),
  description: 'A transaction of a producer that is neither committed nor aborted.',
  fields: (t) => ({
    producerId: t.expose('producerId', {
      type: 'Offset',
      description: 'Id that Kafka gave the producer.',
    }),
    transactionalId: t.exposeString('transactionalId', {
      nullable: true,
      description: 'The transactional.id of the producer; null when no broker says (Kafka 3.0 and later do).',
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the transaction began, by its coordinator; null when no broker says.',
      resolve: ({ sinceMs }) => (sinceMs === null ? null : new Date(sinceMs)),
    }),
    firstOffset: t.expose('firstOffset', { type: 'Offset', description: 'Offset of its first record.' }),
    lastWriteAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Timestamp of its latest record; null when the broker does not say.',
      resolve: ({ lastWriteMs }) => (lastWriteMs === null ? null : new Date(lastWriteMs)),
    }),
  }),
})

const PartitionIngestion = builder.objectRef<IngestionPartitionShape>('PartitionIngestion').implement({
  extensions: needs('figures'),
  description:
    'The ingestion of one partition. A field is null when the part it comes from is away (problems).',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    state: t.field({
      type: IngestionStateEnum,
      nullable: true,
      description: 'What it is doing; from Temporal.',
      resolve: ({ status }) => status?.state ?? null,
    }),
    reason: t.string({
      nullable: true,
      extensions: needs('failures', 'text'),
      description: 'Why it waits, was paused or halted; empty while it runs; from Temporal.',
      resolve: ({ status }) => status?.reason ?? null,
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it came into this state; from Temporal.',
      resolve: ({ status }) => (status === null ? null : new Date(status.since)),
    }),
    checkpoint: t.field({
      type: 'Offset',
      nullable: true,
      description:
        'Every offset below it is decided; from Postgres. Null before the partition was first read.',
      resolve: ({ progress }) => progress?.next_offset ?? null,
    }),
    endOffset: t.field({
      type: 'Offset',
      nullable: true,
      description:
        'Offset of the next record to arrive (the high watermark), at most a second old; from Kafka.',
      resolve: ({ log }) => log?.end ?? null,
    }),
    stableOffset: t.field({
      type: 'Offset',
      nullable: true,
      description:
        'Offsets from this one on cannot be read until a transaction ends (the last stable offset); endOffset when none is ' +
        'open; from Kafka.',
      resolve: ({ log }) => log?.stableEnd ?? null,
    }),
    openTransactions: t.field({
      type: [OpenTransactionType],
      nullable: true,
      description:
        'Transactions that keep stableOffset below endOffset, by their first offset; from Kafka. Empty also when the ' +
        'broker does not list them, because it is older than Kafka 2.8 or does not let Rollcall describe the topic.',
      resolve: ({ log }) => log?.openTransactions ?? null,
    }),
    lag: t.field({
      type: 'BigInt',
      nullable: true,
      description:
        'Offsets that Kafka holds and that are not decided: from checkpoint to endOffset, or all that there are when ' +
        'the topic was re-created. Null also when the log ends before the checkpoint. From Kafka and Postgres.',
      resolve: unreadOf,
    }),
    incompleteReasons: t.field({
      type: [IncompleteReasonType],
      description:
        'Why counts may lack attempts of the partition; none when they do not, or when a part is away.',
      resolve: incompleteReasonsOf,
    }),
    watermark: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Latest time of an event that was counted; from Postgres. Null before the first attempt.',
      resolve: ({ progress }) => progress?.watermark ?? null,
    }),
    worker: t.string({
      nullable: true,
      description: 'The worker process that last claimed the partition; from Postgres.',
      resolve: ({ progress }) => progress?.worker ?? null,
    }),
    attempts: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Attempts since the partition was first read; from Postgres.',
      resolve: ({ progress }) => progress?.logins ?? null,
    }),
    rejects: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Records rejected since the partition was first read; from Postgres.',
      resolve: ({ progress }) => progress?.rejects ?? null,
    }),
    parkedOffsets: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Offsets in parked batches; from Postgres.',
      resolve: ({ progress }) => progress?.parked_offsets ?? null,
    }),
    lastBatch: t.field({
      type: LastBatchType,
      nullable: true,
      description: 'The batch with the highest offsets; from Postgres.',
      resolve: ({ lastBatch }) => lastBatch,
    }),
  }),
})

const Ingestion = builder.objectRef<IngestionShape>('Ingestion').implement({
  extensions: needs('figures'),
  description: 'The ingestion of a topic, from Temporal, Postgres and Kafka together.',
  fields: (t) => ({
    topic: t.exposeString('topic', { description: 'The topic.' }),
    state: t.expose('state', {
      type: IngestionStateEnum,
      nullable: true,
      description:
        'The state of the partition that most needs someone: halted before waiting before paused before running. Null ' +
        'when Temporal or its workers are away.',
    }),
    lag: t.expose('lag', {
      type: 'BigInt',
      nullable: true,
      description:
        'Unread offsets over all partitions; null when Kafka or Postgres is away, or when it is not known of one.',
    }),
    partitions: t.expose('partitions', {
      type: [PartitionIngestion],
      description: 'In order of number: every partition that any of the parts knows.',
    }),
    problems: t.expose('problems', {
      type: [ProblemType],
      description:
        'What is wrong, most urgent first: parts that are away, so that fields are null; partitions that do not run; ' +
        'batches that wait for an operator. Empty when all is well.',
    }),
    unknownOutcomes: t.field({
      type: [UnknownOutcomeType],
      nullable: true,
      description:
        'Spellings of outcome that are not understood, of what was counted in the last 24 hours: the 20 most frequent, then ' +
        'all others together. Null when no node of Postgres answers.',
      resolve: ({ isUnread, topic }, _, context) => {
        const sinceMs = context.clock.nowMs() - DAY_MS
        return isUnread ? null : context.read((session) => readUnknownOutcomes(session, topic, sinceMs))
      },
    }),
    freshness: t.field({
      ...freshnessField,
      nullable: true,
      description:
        'How fresh the counts of the topic that is counted are; null when no node of Postgres answers.',
      resolve: async ({ isUnread }, _, context) => (isUnread ? null : await context.freshness()),
    }),
  }),
})

builder.queryField('ingestion', (t) =>
  t.field({
    extensions: needs('figures'),
    type: Ingestion,
    nullable: true,
    description: 'What the pipeline is doing.',
    args: {
      topic: t.arg.string({ description: 'The topic; default: the one that is counted.' }),
    },
    resolve: (_, args, context) => readIngestion(context, args.topic ?? context.topic),
  }),
)
