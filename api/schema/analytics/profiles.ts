import {
  countTraits,
  keyOfTrait,
  type Profile,
  readProfile,
  readTraits,
  type Somebody,
  type Trait,
  type TraitRow,
} from '../../../db/read/engagement/profiles.ts'
import { readRowsKept, type RowsKept } from '../../../db/read/rows/expired-logins.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { dimensions } from '../../../domain/counts/dimensions.ts'
import { ipOf } from '../../questions/addresses.ts'
import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import { InvalidAddressError, NotFoundError } from '../../context/errors.ts'
import {
  type Connection,
  connectionComplexity,
  type PageArgs,
  readConnection,
} from '../../questions/connection.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { withExpired } from '../../questions/logins.ts'
import { titleOf } from '../fields/dimensions.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isExpiredField, rowsKeptFromField } from './rows-kept.ts'

const TraitType = builder.objectRef<TraitRow>('Trait').implement({
  description: 'A value that logins had, within those that are kept as rows.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'The value as it is stored.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins with it.' }),
    firstAt: t.expose('first_at', { type: 'DateTime', description: 'Time of the earliest of them.' }),
    lastAt: t.expose('last_at', { type: 'DateTime', description: 'Time of the latest of them.' }),
  }),
})

type TraitConnectionShape = Connection<TraitRow> & { total: () => Promise<number> }

const TraitConnection = builder.connectionObject(
  { type: TraitType, name: 'TraitConnection', description: 'A page of values.' },
  { name: 'TraitEdge', description: 'A value and its place in the list.' },
)
builder.objectField(TraitConnection, 'total', (t) =>
  t.int({
    description: 'How many values there are in all.',
    resolve: (connection) => (connection as TraitConnectionShape).total(),
  }),
)

async function traitPage(
  context: ApiContext,
  somebody: Somebody,
  trait: Trait,
  args: PageArgs,
): Promise<TraitConnectionShape> {
  const list = `traits${trait.replaceAll('_', '')}`
  const page = await readConnection(list, args, keyOfTrait, (wanted) =>
    context.read((session) => readTraits(session, somebody, trait, wanted)),
  )
  return { ...page, total: () => context.read((session) => countTraits(session, somebody, trait)) }
}

type TraitsShape = Somebody & { rows: RowsKept }

const Traits = builder.objectRef<TraitsShape>('Traits').implement({
  description:
    'What the logins of the last LOGIN_RETENTION_DAYS days had in common. Each list begins with the value seen ' +
    'last. The query `logins` lists the logins themselves.',
  fields: (t) => {
    const of = (trait: Trait, what: string) =>
      t.connection(
        {
          type: TraitType,
          description: `${what} of the logins.`,
          complexity: connectionComplexity,
          resolve: (somebody, args, context) => traitPage(context, somebody, trait, args),
        },
        TraitConnection,
      )
    return {
      users: of('user_id', 'Users'),
      devices: of('device_id', 'Devices'),
      addresses: of('ip', 'IP addresses'),
      ...Object.fromEntries(
        dimensions
          .filter(({ isTrait }) => isTrait)
          .map((dimension) => [dimension.list, of(dimension.name, `${titleOf(dimension)}s`)]),
      ),
      rowsKeptFrom: t.field(rowsKeptFromField(({ rows }) => rows)),
      isExpired: t.field(isExpiredField(({ rows }) => rows)),
      freshness: t.field({
        ...freshnessField,
        resolve: async ({ rows }, _, context) => withExpired(await context.freshness(), rows),
      }),
    }
  },
})

const ProfileType = builder.objectRef<Profile>('Profile').implement({
  description: 'When a user, a device or an address was seen, at any age, and what its logins had in common.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'User id, device id, or address in its normal form.' }),
    firstDay: t.expose('firstDay', {
      type: 'DateTime',
      description: 'First day (UTC) with an accepted login, its midnight.',
    }),
    lastDay: t.expose('lastDay', {
      type: 'DateTime',
      description: 'Latest day (UTC) with an accepted login, its midnight.',
    }),
    activeDays: t.exposeInt('activeDays', { description: 'Days (UTC) with at least one accepted login.' }),
    traits: t.field({
      type: Traits,
      description: 'What its logins had in common, such as the users that share a device or an address.',
      resolve: async (profile, _, context) => ({ ...profile, rows: await rowsOf(context, profile) }),
    }),
    freshness: t.field(engagementFreshnessField),
  }),
})

const rowsOf = ({ read }: ApiContext, { kind, id }: Somebody): Promise<RowsKept> =>
  read((session) =>
    readRowsKept(session, {
      batchId: null,
      userId: kind === 'user' ? id : null,
      deviceId: kind === 'device' ? id : null,
      ip: kind === 'address' ? id : null,
      event: { from: null, to: null },
    }),
  )

async function profileOf(context: ApiContext, kind: SightingKind, id: string): Promise<Profile> {
  const profile = await context.read((session) => readProfile(session, kind, id))
  if (profile !== null) return profile
  throw new NotFoundError(`no login of the ${kind} ${JSON.stringify(id.slice(0, 140))} is known`)
}

for (const kind of ['user', 'device'] as const) {
  builder.queryField(kind, (t) =>
    t.field({
      type: ProfileType,
      nullable: true,
      errors: { types: [NotFoundError], union: { description: `The ${kind}, or that there is none.` } },
      description: `A ${kind}: when it was seen, and what its logins had in common.`,
      args: { id: t.arg.string({ required: true, description: `The ${kind} id, exact.` }) },
      resolve: (_, { id }, context) => profileOf(context, kind, id),
    }),
  )
}

builder.queryField('address', (t) =>
  t.field({
    type: ProfileType,
    nullable: true,
    errors: {
      types: [NotFoundError, InvalidAddressError],
      union: { description: 'The address, or why not.' },
    },
    description: 'An IP address: when it was seen, and what its logins had in common, such as their users.',
    args: { ip: t.arg.string({ required: true, description: 'IPv4 or IPv6, in any form.' }) },
    resolve: (_, { ip }, context) => profileOf(context, 'address', ipOf(ip)),
  }),
)
