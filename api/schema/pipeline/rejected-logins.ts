import {
  keyOfReject,
  PREVIEW_BYTES,
  readRejectedLogins,
  type RedriveAttemptRow,
  type RejectedLoginRow,
} from '../../../db/read/rows/rejected-logins.ts'
import { asTimestamp, recordedAtMs } from '../../../domain/login/record-timestamp.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { RejectReasonEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const Header = builder.objectRef<[name: string, base64: string | null]>('RecordHeader').implement({
  description: 'A header of a Kafka record; names may repeat.',
  fields: (t) => ({
    name: t.string({ description: 'Name of the header.', resolve: ([name]) => name }),
    valueBase64: t.string({
      nullable: true,
      description: 'Bytes of the header, in base64; null when it has none.',
      resolve: ([, base64]) => base64,
    }),
  }),
})

const RedriveAttempt = builder.objectRef<RedriveAttemptRow>('RedriveAttempt').implement({
  description: 'An attempt to decode a reject again.',
  fields: (t) => ({
    commandId: t.exposeID('command_id', {
      description: 'The replayRejected behind it (redriveRun, controlEvents).',
    }),
    attemptedAt: t.field({
      type: 'DateTime',
      description: 'When it was made.',
      resolve: ({ attempted_at: at }) => new Date(at),
    }),
    codeVersion: t.exposeString('code_version', { description: 'Version of Rollcall that made it.' }),
    becameLogin: t.boolean({
      description: 'Whether the record is a login by its rules.',
      resolve: ({ outcome }) => outcome === 'login',
    }),
    reason: t.field({
      type: RejectReasonEnum,
      nullable: true,
      description: 'Why it stays a reject; null when it became a login.',
      resolve: ({ outcome }) => (outcome === 'login' ? null : outcome),
    }),
    detail: t.exposeString('detail', { description: 'What was found instead, for people to read.' }),
  }),
})

const RejectedLogin = builder.objectRef<RejectedLoginRow>('RejectedLogin').implement({
  description: 'A record of the topic that was no login when it was read, with the reason.',
  fields: (t) => ({
    topic: t.exposeString('topic', { description: 'Topic of the record.' }),
    partition: t.exposeInt('partition', { description: 'Partition of the record.' }),
    offset: t.expose('kafka_offset', {
      type: 'Offset',
      description: 'Offset of the record in its partition.',
    }),
    batchId: t.expose('batch_id', { type: 'Offset', description: 'The batch that read it (batches).' }),
    reason: t.expose('reason', { type: RejectReasonEnum, description: 'Why it is no login.' }),
    detail: t.exposeString('detail', { description: 'What was found instead, for people to read.' }),
    keyBase64: t.string({
      nullable: true,
      description: `Key of the record in base64, its first ${PREVIEW_BYTES} bytes; null when it has none.`,
      resolve: ({ key }) => key?.toString('base64') ?? null,
    }),
    valueBytes: t.exposeInt('value_bytes', {
      nullable: true,
      description: 'Length of the value in bytes; null for a tombstone.',
    }),
    valueBase64: t.string({
      nullable: true,
      description: `Value of the record in base64, its first ${PREVIEW_BYTES} bytes; null for a tombstone. The whole value is on the dead-letter topic, unless it is more than 8 MiB.`,
      resolve: ({ value_preview: preview }) => preview?.toString('base64') ?? null,
    }),
    valueText: t.string({
      nullable: true,
      description: `The first ${PREVIEW_BYTES} bytes of the value as text; what is no UTF-8 shows as U+FFFD. Null for a tombstone.`,
      resolve: ({ value_preview: preview }) => preview?.toString('utf8') ?? null,
    }),
    headers: t.field({
      type: [Header],
      description: 'Headers of the record, in order.',
      resolve: ({ headers }) => headers,
    }),
    isWhole: t.boolean({
      description:
        'Whether key, value and headers are kept whole, in the database and on the dead-letter topic. False for a record of more ' +
        'than 8 MiB: its beginnings are kept, and replayRejected reads it from Kafka again.',
      resolve: ({ cut }) => cut === null,
    }),
    valueSha256: t.string({
      nullable: true,
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
    redriven: t.boolean({
      description: 'Whether replayRejected made it a login since, so that it is counted.',
      resolve: ({ redriven_in: revision }) => revision !== null,
    }),
    redrives: t.expose('redrives', {
      type: [RedriveAttempt],
      // A few at most; only what is asked of each counts.
      complexity: { field: 1, multiplier: 1 },
      description: 'The attempts to make it a login, in order.',
    }),
  }),
})

const RejectFilterInput = builder.inputType('RejectedLoginFilter', {
  description: 'Which rejects to list; all conditions must hold.',
  fields: (t) => ({
    reasons: t.field({ type: [RejectReasonEnum], description: 'Any of these reasons.' }),
    partition: t.int({ description: 'Only this partition.' }),
    redriven: t.boolean({
      description: 'Only those that became logins since (true), or that did not (false).',
    }),
    rejected: t.field({ type: TimeRangeInput, description: 'When they were rejected.' }),
  }),
})

builder.queryField('rejectedLogins', (t) =>
  t.connection(
    {
      type: RejectedLogin,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError],
        union: { description: 'A page of rejects, or why not.' },
      },
      description:
        'Records that were no logins when they were read, latest rejected first; some became logins since (redriven).',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the records; left out: the one that is counted.' }),
        filter: t.arg({ type: RejectFilterInput, description: 'Which rejects; left out: all.' }),
      },
      resolve: (_, args, context) =>
        readConnection('rejectedLogins', args, keyOfReject, (page) =>
          context.read((session) =>
            readRejectedLogins(
              session,
              args.topic ?? context.topic,
              {
                reasons: args.filter?.reasons ?? null,
                partition: args.filter?.partition ?? null,
                redriven: args.filter?.redriven ?? null,
                rejected: timeRange(args.filter?.rejected),
              },
              page,
            ),
          ),
        ),
    },
    {
      name: 'RejectedLoginConnection',
      description: 'A page of rejects.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'RejectedLoginEdge', description: 'A reject and its place in the list.' },
  ),
)
