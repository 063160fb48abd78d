import { builder } from '../builder.ts'
import { NotFoundError } from '../../context/errors.ts'
import { type OffsetFate as OffsetFateShape, traceOffset } from '../../pipeline/offset-fate.ts'
import { RejectType } from './batch-events.ts'
import { Batch } from './batches.ts'
import { FateEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { Login } from '../analytics/logins.ts'

const FateInLog = builder.objectRef<OffsetFateShape>('FateInLog').implement({
  description: 'What became of an offset in one log of its partition.',
  fields: (t) => ({
    incarnation: t.exposeInt('incarnation', {
      description:
        'Which log of the partition. The number rises when an operator accepts a truncated or re-created topic, ' +
        'because its offsets are then used again.',
    }),
    fate: t.expose('fate', { type: FateEnum, description: 'What became of it.' }),
    batch: t.expose('batch', {
      type: Batch,
      nullable: true,
      description: 'The batch that holds it; its error says why it was parked. Null: none does.',
    }),
    login: t.expose('login', {
      type: Login,
      nullable: true,
      description: 'The login; null: it is none, or neither its row nor its record is there any more.',
    }),
    reject: t.expose('reject', {
      type: RejectType,
      nullable: true,
      description: 'Why it is no login; null: it is no reject.',
    }),
  }),
})

type Shape = { logs: OffsetFateShape[] }

const OffsetFate = builder.objectRef<Shape>('OffsetFate').implement({
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
    type: OffsetFate,
    nullable: true,
    errors: { types: [NotFoundError], union: { description: 'What became of an offset, or why not.' } },
    description: 'From an offset to what became of it.',
    // It may read Kafka.
    complexity: { field: 500, multiplier: 1 },
    args: {
      topic: t.arg.string({ description: 'Topic of the offset; left out: the one that is counted.' }),
      partition: t.arg.int({ required: true, description: 'Partition of the offset.' }),
      offset: t.arg({ type: 'Offset', required: true, description: 'The offset.' }),
    },
    resolve: async (_, { topic, partition, offset }, context) => ({
      logs: await traceOffset(context, topic ?? context.topic, partition, offset),
    }),
  }),
)
