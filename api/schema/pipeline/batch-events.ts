import { readBatch } from '../../../db/read/ledger/batches.ts'
import type { BatchEvent } from '../../../db/read/ledger/batch-events.ts'
import type { Reject } from '../../../domain/login/record.ts'
import { type BatchEventPage, readEventPage } from '../../pipeline/batch-events.ts'
import { DEFAULT_PAGE } from '../../questions/connection.ts'
import { builder } from '../builder.ts'
import { limits } from '../../context/limits.ts'
import { noSuchBatch } from '../../context/errors.ts'
import { needs } from '../../context/permission.ts'
import { Batch } from './batches.ts'
import { EventSourceEnum, RejectReasonEnum } from '../fields/pipeline-enums.ts'
import { Attempt } from '../analytics/attempts.ts'

export const RejectType = builder.objectRef<Reject>('Reject').implement({
  extensions: needs('figures'),
  description: 'Why a record is no attempt.',
  fields: (t) => ({
    reason: t.expose('reason', { type: RejectReasonEnum, description: 'The reason.' }),
    detail: t.exposeString('detail', {
      extensions: needs('persons', 'text'),
      description: 'What was found instead, for people to read.',
    }),
  }),
})

const Event = builder.objectRef<BatchEvent>('BatchEvent').implement({
  extensions: needs('figures'),
  description: 'One record of a batch: an attempt or a reject.',
  fields: (t) => ({
    offset: t.expose('offset', { type: 'Offset', description: 'Its offset.' }),
    attempt: t.expose('login', {
      type: Attempt,
      nullable: true,
      description: 'The attempt; null: it is a reject.',
    }),
    reject: t.expose('reject', {
      type: RejectType,
      nullable: true,
      description: 'Why it is no attempt; null: it is one.',
    }),
  }),
})

const EventConnection = builder.connectionObject(
  {
    type: Event,
    name: 'BatchEventConnection',
    description:
      'A page of the events of a batch, in order of their offsets; offsets without a record are absent.',
    fields: (c) => ({
      source: c.field({
        type: EventSourceEnum,
        description: 'Where they were read.',
        resolve: (page) => (page as BatchEventPage).source,
      }),
    }),
  },
  { name: 'BatchEventEdge', description: 'An event and its place in the list.' },
)

builder.objectField(Batch, 'events', (t) =>
  t.field({
    type: EventConnection,
    nullable: true,
    description:
      'The events of the batch, read from its rows. When not all rows are kept, or the batch is not counted, its ' +
      'records are read from Kafka and decided again. For a parked or skipped batch they show what it would become. ' +
      'Pages go forward only, as Kafka is read.',
    complexity: ({ first }) => ({ field: 500, multiplier: Math.max(1, first ?? DEFAULT_PAGE) }),
    args: {
      first: t.arg.int({
        description: `How many events, from 1 to ${limits.page}. Default: ${DEFAULT_PAGE}.`,
      }),
      after: t.arg.string({ description: 'Cursor that the page comes after.' }),
    },
    resolve: (batch, args, context) => readEventPage(context, batch, args),
  }),
)

builder.queryField('batch', (t) =>
  t.field({
    extensions: needs('figures'),
    type: Batch,
    nullable: true,
    description: 'One batch of the ledger.',
    args: {
      batchId: t.arg({ type: 'Offset', required: true, description: 'Number of the batch (Batch.batchId).' }),
    },
    resolve: async (_, { batchId: id }, context) => {
      const batch = await context.read((session) => readBatch(session, id))
      if (batch === null) throw noSuchBatch(id, 'batchId')
      return batch
    },
  }),
)
