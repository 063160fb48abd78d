import {
  countTraits,
  keyOfTrait,
  readSomebody,
  readSomebodyOf,
  readTraits,
  type Somebody,
  type Trait,
  type TraitRow,
} from '../../../db/read/engagement/profiles.ts'
import { readRowsKept, type RowsKept } from '../../../db/read/rows/expired-logins.ts'
import { type SightingKind, sightingKinds } from '../../../domain/sightings/sighting.ts'
import { type DimensionName, dimensions } from '../../../domain/counts/dimensions.ts'
import { valueText } from '../../../domain/measures/group-dimension.ts'
import { ipOf } from '../../questions/addresses.ts'
import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import { NotFoundError } from '../../context/errors.ts'
import { needs } from '../../context/permission.ts'
import { connectionComplexity, type PageArgs, readConnection } from '../../questions/connection.ts'
import { activeDaysOf } from '../../questions/active-days.ts'
import { attemptsArg } from './attempts-arg.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { withExpired, withLowerBound } from '../../questions/attempts.ts'
import { titleOf } from '../fields/dimensions.ts'
import { capitalised } from '../fields/enum-values.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isExpiredField, rowsKeptFromField } from './rows-kept.ts'

const TraitType = builder.objectRef<TraitRow>('Trait').implement({
  extensions: needs('persons'),
  description: 'A value that attempts had, of those that are kept as rows.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'The value, as in MeasuredGroup.values.' }),
    attempts: t.expose('logins', { type: 'BigInt', description: 'Attempts with it.' }),
    firstSeenAt: t.expose('first_at', { type: 'DateTime', description: 'Time of the earliest of them.' }),
    lastSeenAt: t.expose('last_at', { type: 'DateTime', description: 'Time of the latest of them.' }),
  }),
})

const TraitConnection = builder.connectionObject(
  { type: TraitType, name: 'TraitConnection', description: 'A page of values.' },
  { name: 'TraitEdge', description: 'A value and its place in the list.' },
)
type TraitsShape = Somebody & { rows: RowsKept }

const traitPage = async (context: ApiContext, somebody: TraitsShape, trait: Trait, args: PageArgs) => {
  const page = await readConnection(context, args, {
    list: `traits${trait.replaceAll('_', '')}`,
    keyOf: keyOfTrait,
    read: async (session, wanted) => {
      const rows = await readTraits(session, somebody, trait, wanted)
      return rows.map((row) => ({ ...row, value: traitText(trait, row.value) }))
    },
    count: (session, limit) => countTraits(session, somebody, trait, limit),
  })
  return withLowerBound(page, somebody.rows)
}

const isDimension = (trait: Trait): trait is DimensionName => dimensions.some(({ name }) => name === trait)

const traitText = (trait: Trait, stored: string) => (isDimension(trait) ? valueText(trait, stored) : stored)

const Traits = builder.objectRef<TraitsShape>('Traits').implement({
  extensions: needs('persons'),
  description:
    'What the attempts that are kept as rows (LOGIN_RETENTION_DAYS) had in common, failed ones too. Each list is ordered by ' +
    'when its values were last seen, latest first. If there were earlier attempts, `isExpired` is true and each `totalCount` is AT_LEAST. ' +
    'Counts reach further back: measures(from: "2026-01-01", attempts: ALL, filter: {users: ["user-016"]}) ' +
    '{ total { devices } } asks how many devices the user has had since then. The query `attempts` lists the attempts themselves.',
  fields: (t) => {
    const of = (trait: Trait, what: string) =>
      t.connection(
        {
          type: TraitType,
          description: `${what} of the attempts.`,
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

const rowsOf = ({ read }: ApiContext, { kind, id }: Somebody): Promise<RowsKept> =>
  read((session) =>
    readRowsKept(session, {
      batchId: null,
      users: kind === 'user' ? [id] : null,
      devices: kind === 'device' ? [id] : null,
      addresses: kind === 'address' ? [id] : null,
      event: { from: null, to: null },
    }),
  )

/** `extensions` of a field that is made of numbers and days, which are rolled up after the counts. */
const ofSets = { readsSets: true }

/** The type of each kind, and the field and argument with its id. */
const types = {
  user: { name: 'User', key: 'userId', what: 'User id, exact.' },
  device: { name: 'Device', key: 'deviceId', what: 'Device id, exact.' },
  address: { name: 'Address', key: 'ip', what: 'IPv4 or IPv6 address, in any form.' },
} as const satisfies Record<SightingKind, { name: string; key: string; what: string }>

const orNull = (field: string) =>
  `Null: there was none, though there may have been failures; \`${field}(attempts: ALL)\` is of any attempt.`

/** What an id is looked for by. */
const normalised = { user: String, device: String, address: (text: string) => ipOf(text, 'ip') }

for (const kind of sightingKinds) {
  const { name, key, what } = types[kind]
  const type = builder.node(builder.objectRef<Somebody>(name), {
    extensions: needs('persons'),
    id: { resolve: ({ number }) => String(number) },
    loadOne: (id: string, context) => context.read((session) => readSomebodyOf(session, kind, Number(id))),
    description: `${capitalised(a(kind))}: the days (UTC) with a login, however long ago, and what its attempts had in common, failed ones too. Days with failures are asked for by \`attempts\`.`,
    fields: (t) => ({
      [key]: t.exposeString('id', {
        description: kind === 'address' ? 'The address in its normal form.' : 'The id, as producers send it.',
      }),
      firstDay: t.field({
        type: 'Date',
        nullable: true,
        extensions: ofSets,
        args: attemptsArg(),
        description: `First day (UTC) with a login, or with what \`attempts\` says. ${orNull('firstDay')}`,
        resolve: async (somebody, { attempts }, context, info) =>
          (await activeDaysOf(context, somebody, attempts, info)).firstDay,
      }),
      lastDay: t.field({
        type: 'Date',
        nullable: true,
        extensions: ofSets,
        args: attemptsArg(),
        description: `Latest day (UTC) with a login, or with what \`attempts\` says. ${orNull('lastDay')}`,
        resolve: async (somebody, { attempts }, context, info) =>
          (await activeDaysOf(context, somebody, attempts, info)).lastDay,
      }),
      activeDays: t.int({
        extensions: ofSets,
        args: attemptsArg(),
        description:
          'How many days (UTC) have a login, or what `attempts` says. 0 does not mean never seen: there may be failures.',
        resolve: async (somebody, { attempts }, context, info) =>
          (await activeDaysOf(context, somebody, attempts, info)).activeDays,
      }),
      traits: t.field({
        type: Traits,
        description: 'What its attempts had in common, such as the users that share a device or an address.',
        resolve: async (somebody, _, context) => ({ ...somebody, rows: await rowsOf(context, somebody) }),
      }),
      freshness: t.field(engagementFreshnessField),
    }),
  })
  builder.queryField(kind, (t) =>
    t.field({
      type,
      nullable: true,
      extensions: { ...ofSets, ...needs('persons') },
      description: `${capitalised(a(kind))}: the days with its logins or other attempts, and what its attempts had in common. Known from its first attempt on, even a failed one.`,
      args: { [key]: t.arg.string({ required: true, description: what }) },
      resolve: async (_, args: Record<string, string>, context) => {
        const id = normalised[kind](args[key] ?? '')
        const somebody = await context.read((session) => readSomebody(session, kind, id))
        if (somebody !== null) return somebody
        throw new NotFoundError(
          `no attempt of the ${kind} ${JSON.stringify(id.slice(0, 140))} is known: correct the ${key}`,
          key,
        )
      },
    }),
  )
}

function a(kind: SightingKind): string {
  return kind === 'address' ? 'an IP address' : `a ${kind}`
}
