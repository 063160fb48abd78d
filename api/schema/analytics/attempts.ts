import { type LoginRowFilter, type PlacedLogin, readLoginsOfBatch } from '../../../db/read/rows/logins.ts'
import { byField } from '../../../domain/counts/dimensions.ts'
import type { ApiContext } from '../../context/context.ts'
import { nodeKey, numbersOf } from '../../context/global-id.ts'
import { limits } from '../../context/limits.ts'
import { about, named, needs } from '../../context/permission.ts'
import {
  addressList,
  type AttemptPage,
  attemptRange,
  listAttempts,
  memberList,
  withExpired,
} from '../../questions/attempts.ts'
import { connectionComplexity } from '../../questions/connection.ts'
import { knownFilter } from '../../questions/resolve-filter.ts'
import { builder } from '../builder.ts'
import { IpScopeEnum, LocaleKindEnum } from '../fields/analytics-enums.ts'
import { titleOf, typeOf } from '../fields/dimensions.ts'
import { freshnessField } from '../fields/freshness.ts'
import { dimensionConditions } from '../fields/attempt-filter.ts'
import { isExpiredField, rowsKeptFromField } from './rows-kept.ts'

export const Attempt = builder.node(builder.objectRef<PlacedLogin>('Attempt'), {
  extensions: {
    ...needs('figures'),
    ...about(({ login }: PlacedLogin) => [{ kind: 'user', value: login.userId }]),
  },
  id: { resolve: ({ batchId, offset }) => nodeKey(batchId, offset) },
  loadOne: async (id: string, context) => {
    const [batchId = 0n, offset = 0n] = numbersOf(id)
    const offsets = { from: offset, to: offset + 1n }
    const rows = await context.read((session) => readLoginsOfBatch(session, batchId, offsets, 1))
    return rows[0]
  },
  description:
    'An attempt to log in: an event that could be read, in its normal form, and where it came from.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Partition of its record.' }),
    offset: t.expose('offset', { type: 'Offset', description: 'Offset of its record.' }),
    batchId: t.expose('batchId', { type: 'Offset', description: 'The batch that it belongs to (batch).' }),
    eventAt: t.field({
      type: 'DateTime',
      description: 'Time of the event.',
      resolve: ({ login }) => new Date(login.eventTimeMs),
    }),
    userId: t.string({
      extensions: needs('persons', 'user'),
      description: 'Id of the user.',
      resolve: ({ login }) => login.userId,
    }),
    deviceId: t.string({
      extensions: needs('persons', 'device'),
      description: 'Id of the device.',
      resolve: ({ login }) => login.deviceId,
    }),
    ip: t.string({
      extensions: needs('persons', 'address'),
      description: 'IPv4 or IPv6 address in its normal form.',
      resolve: ({ login }) => login.ip,
    }),
    ipScope: t.field({
      type: IpScopeEnum,
      description: 'Kind of the address.',
      resolve: ({ login }) => login.ipScope,
    }),
    ...byField((dimension) =>
      t.field({
        type: typeOf(dimension),
        description: `${titleOf(dimension)}, as counted.`,
        resolve: ({ login }) => dimension.read(login),
      }),
    ),
    localeKind: t.field({
      type: LocaleKindEnum,
      description: 'What the locale can be.',
      resolve: ({ login }) => login.localeKind,
    }),
    eventId: t.string({
      nullable: true,
      extensions: needs('persons', 'event'),
      description: 'Id that the producer gave the event.',
      resolve: ({ login }) => login.eventId,
    }),
    failureReason: t.string({
      nullable: true,
      extensions: needs('persons', 'text'),
      description: 'Why the user was not let in, as the producer said.',
      resolve: ({ login }) => login.failureReason,
    }),
    sessionId: t.string({
      nullable: true,
      extensions: needs('persons', 'session'),
      description: 'Session, as the producer said.',
      resolve: ({ login }) => login.sessionId,
    }),
    extra: t.field({
      type: 'JSON',
      nullable: true,
      extensions: needs('persons', 'nothing'),
      description:
        'What else the message had: keys that Rollcall has no field for, and values that it could not use; null without any.',
      resolve: ({ login }) => (login.extra === null ? null : (JSON.parse(login.extra) as unknown)),
    }),
  }),
})

const AttemptRowFilterInput = builder.inputType('AttemptRowFilter', {
  description:
    'Which attempts to list; all conditions must hold. Example: {users: ["ann"], outcome: {in: ["FAILURE"]}}.',
  fields: (t) => ({
    ...dimensionConditions(t),
    users: t.stringList({
      extensions: { ...needs('persons'), ...named('user') },
      description: `Only of these users, by their ids; ${limits.members} at most.`,
    }),
    devices: t.stringList({
      extensions: { ...needs('persons'), ...named('device') },
      description: `Only from these devices, by their ids; ${limits.members} at most.`,
    }),
    addresses: t.stringList({
      extensions: { ...needs('persons'), ...named('address') },
      description: `Only from these IPv4 or IPv6 addresses, in any form, and from networks (CIDR); ${limits.members} at most, and attempts from no more than ${limits.listedNetworkAddresses} addresses of networks. Example: ["203.0.113.0/24"].`,
    }),
    eventIds: t.stringList({
      extensions: { ...needs('persons'), ...named('event') },
      description: `Only with these ids that producers gave the events (\`event_id\`); ${limits.members} at most.`,
    }),
    batchId: t.field({ type: 'Offset', description: 'Only of this batch (Batch.batchId).' }),
    partitions: t.intList({ description: 'Only of these partitions.' }),
    fromOffset: t.field({ type: 'Offset', description: 'Only offsets from this one on.' }),
    toOffset: t.field({ type: 'Offset', description: 'Only offsets before this one.' }),
  }),
})

builder.queryField('attempts', (t) =>
  t.connection(
    {
      extensions: needs('figures'),
      type: Attempt,
      nullable: true,
      description:
        'Attempts that are kept as rows (the last LOGIN_RETENTION_DAYS days), latest event first. A range that is older ' +
        'altogether is refused; when part of it is older, rowsKeptFrom, isExpired and freshness say so. Batch.events ' +
        'reads older ones back from Kafka, batch by batch. Example: attempts(filter: {users: ["ann"]}, first: 20) { nodes { eventAt outcome ip } }.',
      complexity: connectionComplexity,
      args: {
        from: t.arg({
          type: 'Moment',
          description:
            'First moment of the range, by the time of the event. Default: 24 hours before `to`, or before now; with users, ' +
            'devices, addresses, eventIds, batchId or fromOffset in the filter, as far back as rows are kept.',
        }),
        to: t.arg({
          type: 'Moment',
          description: 'End of the range, exclusive. Default: no end.',
        }),
        timeZone: t.arg.string({
          required: true,
          defaultValue: 'UTC',
          description:
            'Time zone of dates, by its IANA name, such as Europe/Berlin, or its offset, such as +05:30.',
        }),
        filter: t.arg({ type: AttemptRowFilterInput, description: 'Which attempts; default: all.' }),
      },
      resolve: async (_, args, context, info) => {
        const rows = await rowsOf(context, args.filter)
        const event = attemptRange(args, rows, context.clock.minuteMs)
        const dimensions = await knownFilter(context, args.filter, info)
        return await listAttempts(context, { ...rows, event, dimensions }, args)
      },
    },
    {
      name: 'AttemptConnection',
      description: 'A page of attempts.',
      fields: (c) => ({
        from: c.field({
          type: 'DateTime',
          nullable: true,
          description:
            'First moment that was searched, by the time of the event; null: as far back as rows are kept.',
          resolve: (page) => (page as AttemptPage).event.from,
        }),
        to: c.field({
          type: 'DateTime',
          nullable: true,
          description: 'End of what was searched, exclusive; null: no end.',
          resolve: (page) => (page as AttemptPage).event.to,
        }),
        rowsKeptFrom: c.field(rowsKeptFromField((page) => (page as AttemptPage).rows)),
        isExpired: c.field(isExpiredField((page) => (page as AttemptPage).rows)),
        freshness: c.field({
          ...freshnessField,
          resolve: async (page, _, context) =>
            withExpired(await context.freshness(), (page as AttemptPage).rows),
        }),
      }),
    },
    { name: 'AttemptEdge', description: 'An attempt and its place in the list.' },
  ),
)

async function rowsOf(
  context: ApiContext,
  input: typeof AttemptRowFilterInput.$inferInput | null | undefined,
): Promise<Omit<LoginRowFilter, 'event' | 'dimensions'>> {
  return {
    batchId: input?.batchId ?? null,
    users: memberList(input?.users, 'filter.users'),
    devices: memberList(input?.devices, 'filter.devices'),
    addresses: await addressList(
      context,
      memberList(input?.addresses, 'filter.addresses'),
      'filter.addresses',
    ),
    eventIds: memberList(input?.eventIds, 'filter.eventIds'),
    partitions: input?.partitions ?? null,
    fromOffset: input?.fromOffset ?? null,
    toOffset: input?.toOffset ?? null,
  }
}
