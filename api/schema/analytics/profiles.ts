import { readSomebody, readSomebodyOf, type Somebody } from '../../../db/read/engagement/profiles.ts'
import { readRowsKept, type RowsKept } from '../../../db/read/rows/expired-logins.ts'
import { type SightingKind, sightingKinds } from '../../../domain/sightings/sighting.ts'
import { ipOf } from '../../questions/addresses.ts'
import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import { NotFoundError } from '../../context/errors.ts'
import { named, needs } from '../../context/permission.ts'
import { activeDaysOf } from '../../questions/active-days.ts'
import { attemptsArg } from './attempts-arg.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { capitalised } from '../fields/enum-values.ts'
import { ofSomebody, Traits } from './traits.ts'

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
    extensions: ofSomebody,
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
      args: { [key]: t.arg.string({ required: true, extensions: named(kind), description: what }) },
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
