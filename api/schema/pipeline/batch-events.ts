import { readBatch } from '../../../db/read/ledger/batches.ts'
import type { BatchEvent } from '../../../db/read/ledger/batch-events.ts'
import type { Reject } from '../../../domain/login/record.ts'
import { type BatchEventPage, readEventPage } from '../../pipeline/batch-events.ts'
import { DEFAULT_PAGE } from '../../questions/connection.ts'
import { builder } from '../builder.ts'
import { limits } from '../../context/limits.ts'
import {
  InvalidPageError,
  KafkaUnavailableError,
  noSuchBatch,
  NotFoundError,
  OffsetsGoneError,
  PageTooLargeError,
} from '../../context/errors.ts'
import { Batch } from './batches.ts'
import { EventSourceEnum, RejectReasonEnum } from '../fields/pipeline-enums.ts'
import { Login } from '../analytics/logins.ts'

export const RejectType = builder.objectRef<Reject>('Reject').implement({
  description: 'Why a record is no login.',
  fields: (t) => ({
    reason: t.expose('reason', { type: RejectReasonEnum, description: 'The reason.' }),
    detail: t.exposeString('detail', { description: 'What was found instead, for people to read.' }),
  }),
})

const Event = builder.objectRef<BatchEvent>('BatchEvent').implement({
  description: 'One record of a batch: a login or a reject.',
  fields: (t) => ({
    offset: t.expose('offset', { type: 'Offset', description: 'Its offset; the cursor for after.' }),
    login: t.expose('login', {
      type: Login,
      nullable: true,
      description: 'The login; null: it is a reject.',
    }),
    reject: t.expose('reject', {
      type: RejectType,
      nullable: true,
      description: 'Why it is no login; null: it is one.',
    }),
  }),
})

const EventPage = builder.objectRef<BatchEventPage>('BatchEvents').implement({
  description: 'A page of the events of a batch.',
  fields: (t) => ({
    edges: t.expose('edges', {
      type: [Event],
      // The field itself counts its rows.
      complexity: { field: 1, multiplier: 1 },
      description: 'In order of their offsets; offsets without a record are absent.',
    }),
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there are events after these.' }),
    source: t.expose('source', { type: EventSourceEnum, description: 'Where they were read.' }),
  }),
})

builder.objectField(Batch, 'events', (t) =>
  t.field({
    type: EventPage,
    nullable: true,
    errors: {
      types: [PageTooLargeError, InvalidPageError, OffsetsGoneError, KafkaUnavailableError],
      union: { name: 'BatchEventsResult', description: 'A page of the events of a batch, or why not.' },
    },
    description:
      'The events of the batch, read from its rows. When not all rows are kept, or the batch is not counted, its ' +
      'records are read from Kafka and decided again. For a parked or skipped batch they show what it would become.',
    complexity: ({ first }) => ({ field: 500, multiplier: Math.max(1, first ?? DEFAULT_PAGE) }),
    args: {
      first: t.arg.int({
        defaultValue: DEFAULT_PAGE,
        description: `How many events, from 1 to ${limits.page}.`,
      }),
      after: t.arg({
        type: 'Offset',
        description: 'Offset that the page comes after; left out: the first page.',
      }),
    },
    resolve: (batch, { first, after }, context) =>
      readEventPage(context, batch, { first: first ?? DEFAULT_PAGE, after: after ?? null }),
  }),
)

builder.queryField('batch', (t) =>
  t.field({
    type: Batch,
    nullable: true,
    errors: { types: [NotFoundError], union: { description: 'A batch, or why not.' } },
    description: 'One batch of the ledger.',
    args: { id: t.arg({ type: 'Offset', required: true, description: 'Id of the batch.' }) },
    resolve: async (_, { id }, context) => {
      const batch = await context.read((session) => readBatch(session, id))
      if (batch === null) throw noSuchBatch(id)
      return batch
    },
  }),
)
