import {
  countRejectedRecords,
  keyOfReject,
  PREVIEW_BYTES,
  readRejectedRecord,
  readRejectedRecords,
  type RejectedRecordRow,
} from '../../../db/read/rows/rejected-records.ts'
import { asTimestamp, recordedAtMs } from '../../../domain/login/record-timestamp.ts'
import { nodeKey, numbersOf } from '../../context/global-id.ts'
import { about, needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { RejectReasonEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'
import { Header, Redrive, subjectsOf } from './record-parts.ts'

const RejectedRecord = builder.node(builder.objectRef<RejectedRecordRow>('RejectedRecord'), {
  extensions: { ...needs('figures'), ...about(subjectsOf) },
  id: { resolve: (row) => nodeKey(row.batch_id, row.kafka_offset) },
  loadOne: (id: string, context) => {
    const [batchId = 0n, offset = 0n] = numbersOf(id)
    return context.read((session) => readRejectedRecord(session, batchId, offset))
  },
  description: 'A record of the topic that could not be read as an attempt, with the reason.',
  fields: (t) => ({
    topic: t.exposeString('topic', { description: 'Topic of the record.' }),
    partition: t.exposeInt('partition', { description: 'Partition of the record.' }),
    offset: t.expose('kafka_offset', {
      type: 'Offset',
      description: 'Offset of the record in its partition.',
    }),
    batchId: t.expose('batch_id', {
      type: 'Offset',
      description: 'Number of the batch that read it (Batch.batchId).',
    }),
    reason: t.expose('reason', { type: RejectReasonEnum, description: 'Why it is no attempt.' }),
    detail: t.exposeString('detail', {
      extensions: needs('persons', 'text'),
      description: 'What was found instead, for people to read.',
    }),
    keyBase64: t.string({
      nullable: true,
      extensions: needs('persons', 'nothing'),
      description: `Key of the record in base64, its first ${PREVIEW_BYTES} bytes; null when it has none.`,
      resolve: ({ key }) => key?.toString('base64') ?? null,
    }),
    valueBytes: t.exposeInt('value_bytes', {
      nullable: true,
      description: 'Length of the value in bytes; null for a tombstone.',
    }),
    valueBase64: t.string({
      nullable: true,
      extensions: needs('persons', 'nothing'),
      description: `Value of the record in base64, its first ${PREVIEW_BYTES} bytes; null for a tombstone. The whole value is on the dead-letter topic, unless it is more than 8 MiB.`,
      resolve: ({ value_preview: preview }) => preview?.toString('base64') ?? null,
    }),
    valueText: t.string({
      nullable: true,
      extensions: needs('persons', 'nothing'),
      description: `The first ${PREVIEW_BYTES} bytes of the value as text; what is no UTF-8 shows as U+FFFD. Null for a tombstone.`,
      resolve: ({ value_preview: preview }) => preview?.toString('utf8') ?? null,
    }),
    headers: t.field({
      type: [Header],
      description: 'Headers of the record, in order.',
      resolve: (record) => record.headers.map(([name, base64]) => ({ name, base64, record })),
    }),
    isWhole: t.boolean({
      description:
        'Whether key, value and headers are kept whole, in the database and on the dead-letter topic. False for a record of more ' +
        'than 8 MiB: its beginnings are kept, and redriveRejectedRecords reads it from Kafka again.',
      resolve: ({ cut }) => cut === null,
    }),
    valueSha256: t.string({
      nullable: true,
      extensions: needs('persons', 'nothing'),
      description: 'SHA-256 of the whole value in hex, when it is not kept whole; null otherwise.',
      resolve: ({ cut }) => cut?.valueSha256 ?? null,
    }),
    recordedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The moment of the Kafka record’s timestamp; null when it has none, or one that is no moment of the years 1 to 9999.',
      resolve: ({ record_timestamp: timestamp }) => {
        const timeMs = recordedAtMs(asTimestamp(timestamp))
        return timeMs === null ? null : new Date(timeMs)
      },
    }),
    recordTimestamp: t.string({
      description:
        'Timestamp of the Kafka record as it stands there: meant to be milliseconds, but any 64-bit integer that its producer chose.',
      resolve: ({ record_timestamp: timestamp }) => String(timestamp),
    }),
    rejectedAt: t.expose('rejected_at', { type: 'DateTime', description: 'When Rollcall decided.' }),
    isRedriven: t.boolean({
      description: 'Whether redriveRejectedRecords made it an attempt since, so that it is counted.',
      resolve: ({ redriven_in: revision }) => revision !== null,
    }),
    redrives: t.field({
      type: [Redrive],
      // A few at most; only what is asked of each counts.
      complexity: { field: 1, multiplier: 1 },
      description: 'How it was redriven, in order.',
      resolve: (record) => record.redrives.map((redrive) => ({ ...redrive, record })),
    }),
  }),
})

const RejectFilterInput = builder.inputType('RejectedRecordFilter', {
  description:
    'Which rejects to list; all conditions must hold. Example: {reasons: [NOT_JSON], isRedriven: false}.',
  fields: (t) => ({
    reasons: t.field({ type: [RejectReasonEnum], description: 'Any of these reasons.' }),
    partitions: t.intList({ description: 'Any of these partitions.' }),
    isRedriven: t.boolean({
      description: 'Only those that became attempts since (true), or that did not (false).',
    }),
    rejectedAt: t.field({ type: TimeRangeInput, description: 'When they were rejected.' }),
  }),
})

builder.queryField('rejectedRecords', (t) =>
  t.connection(
    {
      extensions: needs('figures'),
      type: RejectedRecord,
      nullable: true,
      description:
        'Records that could not be read as attempts, latest rejected first; some became attempts since (isRedriven).',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the records; default: the one that is counted.' }),
        filter: t.arg({ type: RejectFilterInput, description: 'Which rejects; default: all.' }),
      },
      resolve: (_, args, context) => {
        const topic = args.topic ?? context.topic
        const filter = {
          reasons: args.filter?.reasons ?? null,
          partitions: args.filter?.partitions ?? null,
          redriven: args.filter?.isRedriven ?? null,
          rejected: timeRange(args.filter?.rejectedAt),
        }
        return readConnection(context, args, {
          list: 'rejectedRecords',
          keyOf: keyOfReject,
          read: (session, page) => readRejectedRecords(session, topic, filter, page),
          count: (session, limit) => countRejectedRecords(session, topic, filter, limit),
        })
      },
    },
    {
      name: 'RejectedRecordConnection',
      description: 'A page of rejects.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'RejectedRecordEdge', description: 'A reject and its place in the list.' },
  ),
)
