import { countingOf } from '../../../domain/pipeline/named-record.ts'
import { readLogEnd } from '../../context/log-end.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { type OffsetFate as OffsetFateShape, traceOffset } from '../../pipeline/offset-fate.ts'
import { RejectType } from './batch-events.ts'
import { Batch } from './batches.ts'
import { FateEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { Attempt } from '../analytics/attempts.ts'

const FateInLog = builder.objectRef<OffsetFateShape>('FateInLog').implement({
  extensions: needs('figures'),
  description: 'What became of an offset in one log of its partition.',
  fields: (t) => ({
    incarnation: t.exposeInt('incarnation', {
      description:
        'Which log of the partition. The number rises when an operator accepts a truncated or re-created topic, ' +
        'because its offsets are then used again.',
    }),
    fate: t.expose('fate', { type: FateEnum, description: 'What became of it.' }),
    isVisible: t.boolean({
      description:
        'Whether counts include it on the node that answered, so that x-rollcall-read-after would not wait for it.',
      resolve: ({ fate }) => countingOf[fate] === 'counted',
    }),
    behind: t.expose('behind', {
      type: 'BigInt',
      nullable: true,
      description:
        'How many offsets of its partition have to be decided until it is, itself one of them; null: it is decided, or its log was ' +
        'replaced before it was read.',
    }),
    logEnd: t.field({
      type: 'Offset',
      nullable: true,
      description:
        "Where Kafka's log of the partition ends: the offset that its next record gets. An offset that is not before it is not " +
        'written yet, which UNREAD alone does not tell. Null when Kafka cannot be asked, or the log was replaced.',
      resolve: ({ place }, _, context) => (place === null ? null : readLogEnd(context, place)),
    }),
    batch: t.expose('batch', {
      type: Batch,
      nullable: true,
      description: 'The batch that holds it; its error says why it was parked. Null: none does.',
    }),
    attempt: t.expose('login', {
      type: Attempt,
      nullable: true,
      description: 'The attempt; null: it is none, or neither its row nor its record is there any more.',
    }),
    reject: t.expose('reject', {
      type: RejectType,
      nullable: true,
      description: 'Why it is no attempt; null: it is no reject.',
    }),
  }),
})

type Shape = { logs: OffsetFateShape[] }

const OffsetFate = builder.objectRef<Shape>('OffsetFate').implement({
  extensions: needs('figures'),
  description: 'What became of an offset.',
  fields: (t) => ({
    logs: t.expose('logs', {
      type: [FateInLog],
      description: 'One entry for each log that the partition has had, the one that is read now last.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('offsetFate', (t) =>
  t.field({
    extensions: needs('figures'),
    type: OffsetFate,
    nullable: true,
    description:
      'From an offset to what became of it, or to where it is until it is counted. Example: ' +
      'offsetFate(partition: 0, offset: "1207") { logs { fate isVisible } }.',
    // It may read Kafka.
    complexity: { field: 500, multiplier: 1 },
    args: {
      topic: t.arg.string({ description: 'Topic of the offset; default: the one that is counted.' }),
      partition: t.arg.int({ required: true, description: 'Partition of the offset.' }),
      offset: t.arg({ type: 'Offset', required: true, description: 'The offset.' }),
    },
    resolve: async (_, { topic, partition, offset }, context) => ({
      logs: await traceOffset(context, topic ?? context.topic, partition, offset),
    }),
  }),
)
