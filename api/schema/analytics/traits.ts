import {
  countTraits,
  keyOfTrait,
  readTraits,
  type Somebody,
  type Trait,
  type TraitRow,
} from '../../../db/read/engagement/profiles.ts'
import type { RowsKept } from '../../../db/read/rows/expired-logins.ts'
import { type DimensionName, dimensions } from '../../../domain/counts/dimensions.ts'
import { valueText } from '../../../domain/measures/group-dimension.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import type { ApiContext } from '../../context/context.ts'
import { about, needs } from '../../context/permission.ts'
import { withExpired, withLowerBound } from '../../questions/attempts.ts'
import { connectionComplexity, type PageArgs, readConnection } from '../../questions/connection.ts'
import { builder } from '../builder.ts'
import { titleOf } from '../fields/dimensions.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isExpiredField, rowsKeptFromField } from './rows-kept.ts'

/** Of what kind a value is, if it is somebody. */
type TraitShape = TraitRow & { kind: SightingKind | null }

const TraitType = builder.objectRef<TraitShape>('Trait').implement({
  extensions: {
    ...needs('persons'),
    ...about(({ kind, value }: TraitShape) => (kind === null ? [] : [{ kind, value }])),
  },
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
export type TraitsShape = Somebody & { rows: RowsKept }

/** `extensions` of what tells something about somebody. */
export const ofSomebody = {
  ...needs('persons'),
  ...about(({ kind, id }: Somebody) => [{ kind, value: id }]),
}
/** The traits whose values are somebody themselves. */
const kinds: Partial<Record<Trait, SightingKind>> = { user_id: 'user', device_id: 'device', ip: 'address' }

const traitPage = async (context: ApiContext, somebody: TraitsShape, trait: Trait, args: PageArgs) => {
  const page = await readConnection(context, args, {
    list: `traits${trait.replaceAll('_', '')}`,
    keyOf: keyOfTrait,
    read: async (session, wanted) => {
      const rows = await readTraits(session, somebody, trait, wanted)
      return rows.map((row) => ({ ...row, value: traitText(trait, row.value), kind: kinds[trait] ?? null }))
    },
    count: (session, limit) => countTraits(session, somebody, trait, limit),
  })
  return withLowerBound(page, somebody.rows)
}

const isDimension = (trait: Trait): trait is DimensionName => dimensions.some(({ name }) => name === trait)

const traitText = (trait: Trait, stored: string) => (isDimension(trait) ? valueText(trait, stored) : stored)

export const Traits = builder.objectRef<TraitsShape>('Traits').implement({
  extensions: ofSomebody,
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
