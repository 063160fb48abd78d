import type { LoginRowFilter, PlacedLogin } from '../../../db/read/rows/logins.ts'
import { byField } from '../../../domain/counts/dimensions.ts'
import { bucketMs } from '../../../domain/time/bucket.ts'
import { builder } from '../builder.ts'
import {
  InvalidAddressError,
  InvalidPageError,
  PageTooLargeError,
  RowsGoneError,
} from '../../context/errors.ts'
import { ipOf } from '../../questions/addresses.ts'
import { listLogins, type LoginPage, withExpired } from '../../questions/logins.ts'
import { connectionComplexity } from '../../questions/connection.ts'
import { CountFilterInput, countFilter } from './count-args.ts'
import { titleOf, typeOf } from '../fields/dimensions.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isExpiredField, rowsKeptFromField } from './rows-kept.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

export const Login = builder.objectRef<PlacedLogin>('Login').implement({
  description: 'An accepted login in its normal form, and where it came from.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Partition of its record.' }),
    offset: t.expose('offset', { type: 'Offset', description: 'Offset of its record.' }),
    batchId: t.expose('batchId', { type: 'Offset', description: 'The batch that it belongs to (batch).' }),
    eventAt: t.field({
      type: 'DateTime',
      description: 'Time of the event.',
      resolve: ({ login }) => new Date(login.eventTimeMs),
    }),
    userId: t.string({ description: 'The user.', resolve: ({ login }) => login.userId }),
    deviceId: t.string({ description: 'The device.', resolve: ({ login }) => login.deviceId }),
    ip: t.string({ description: 'IPv4 or IPv6 address.', resolve: ({ login }) => login.ip }),
    ipScope: t.string({
      description: 'Kind of the address: public, private or reserved.',
      resolve: ({ login }) => login.ipScope,
    }),
    ...byField((dimension) =>
      t.field({
        type: typeOf(dimension),
        description: `${titleOf(dimension)}, as counted.`,
        resolve: ({ login }) => dimension.read(login),
      }),
    ),
    localeKind: t.string({
      description: 'What the locale can be: us_state, iso_country, ambiguous or other.',
      resolve: ({ login }) => login.localeKind,
    }),
    eventId: t.string({
      nullable: true,
      description: 'Id that the producer gave it.',
      resolve: ({ login }) => login.eventId,
    }),
    failureReason: t.string({
      nullable: true,
      description: 'Why the user was not let in, as the producer said.',
      resolve: ({ login }) => login.failureReason,
    }),
    sessionId: t.string({
      nullable: true,
      description: 'Session, as the producer said.',
      resolve: ({ login }) => login.sessionId,
    }),
    extra: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Keys of the message that Rollcall has no field for; null without any.',
      resolve: ({ login }) => (login.extra === null ? null : (JSON.parse(login.extra) as unknown)),
    }),
  }),
})

const LoginRowFilterInput = builder.inputType('LoginRowFilter', {
  description: 'Which logins to list; all conditions must hold.',
  fields: (t) => ({
    batchId: t.field({ type: 'Offset', description: 'Only of this batch.' }),
    userId: t.string({ description: 'Only of this user.' }),
    deviceId: t.string({ description: 'Only of this device.' }),
    ip: t.string({ description: 'Only of this IPv4 or IPv6 address, in any form.' }),
    partition: t.int({ description: 'Only of this partition.' }),
    fromOffset: t.field({ type: 'Offset', description: 'Only offsets from this one on.' }),
    toOffset: t.field({ type: 'Offset', description: 'Only offsets before this one.' }),
    event: t.field({
      type: TimeRangeInput,
      description:
        'When the events were, for example a bucket of a chart. Left out: the last 24 hours; with batchId, ' +
        'fromOffset, userId, deviceId or ip, all logins that are kept. The answer says what was searched (from, to).',
    }),
    dimensions: t.field({ type: CountFilterInput, description: 'Only these values of the dimensions.' }),
  }),
})

builder.queryField('logins', (t) =>
  t.connection(
    {
      type: Login,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError, InvalidAddressError, RowsGoneError],
        union: { description: 'A page of logins, or why not.' },
      },
      description:
        'Logins that are kept as rows (the last LOGIN_RETENTION_DAYS days), latest event first. A range that is older ' +
        'altogether is refused; when part of it is older, rowsKeptFrom, isExpired and freshness say so. Batch.events ' +
        'reads older logins back from Kafka, batch by batch.',
      complexity: connectionComplexity,
      args: { filter: t.arg({ type: LoginRowFilterInput, description: 'Which logins.' }) },
      resolve: (_, args, context) =>
        listLogins(context, rowFilter(args.filter, context.clock.minuteMs), args),
    },
    {
      name: 'LoginConnection',
      description: 'A page of logins.',
      fields: (c) => ({
        from: c.field({
          type: 'DateTime',
          nullable: true,
          description:
            'First moment that was searched, by the time of the event; null: as far back as rows are kept.',
          resolve: (page) => (page as LoginPage).event.from,
        }),
        to: c.field({
          type: 'DateTime',
          nullable: true,
          description: 'End of what was searched, itself not in it; null: no end.',
          resolve: (page) => (page as LoginPage).event.to,
        }),
        rowsKeptFrom: c.field(rowsKeptFromField((page) => (page as LoginPage).rows)),
        isExpired: c.field(isExpiredField((page) => (page as LoginPage).rows)),
        freshness: c.field({
          ...freshnessField,
          resolve: async (page, _, context) =>
            withExpired(await context.freshness(), (page as LoginPage).rows),
        }),
      }),
    },
    { name: 'LoginEdge', description: 'A login and its place in the list.' },
  ),
)

function rowFilter(
  input: typeof LoginRowFilterInput.$inferInput | null | undefined,
  minuteMs: number,
): LoginRowFilter {
  const { batchId = null, fromOffset = null, userId = null, deviceId = null, event } = input ?? {}
  const ip = input?.ip == null ? null : ipOf(input.ip)
  // An index finds the few rows of any of these, at any age.
  const isFew = [batchId, fromOffset, userId, deviceId, ip].some((one) => one !== null)
  const lastDay = { from: new Date(minuteMs - bucketMs.day), to: null }
  return {
    batchId,
    userId,
    deviceId,
    ip,
    partition: input?.partition ?? null,
    fromOffset,
    toOffset: input?.toOffset ?? null,
    event: event || isFew ? timeRange(event) : lastDay,
    dimensions: countFilter(input?.dimensions),
  }
}
