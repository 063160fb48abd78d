import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { sightingKinds } from '../../../domain/sightings/sighting.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { builder } from '../builder.ts'
import { checkBuckets, minuteRange } from '../../context/limits.ts'
import { InvalidRangeError, RangeTooLargeError, RowsGoneError } from '../../context/errors.ts'
import { selects } from '../../questions/selects.ts'
import { planUniques, readUniques, type UniqueCount } from '../../questions/uniques.ts'
import { engagementCompleteness } from '../../questions/engagement-freshness.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { isCompleteRangeField } from '../fields/marks.ts'
import { countArgs, countFilter } from './count-args.ts'
import { UniquesSourceEnum } from '../fields/analytics-enums.ts'
import { fromField, toField } from '../fields/range-fields.ts'

const UniqueCountType = builder.objectRef<UniqueCount>('UniqueCount').implement({
  description: 'A number of different users, devices or addresses. Exact.',
  fields: (t) => ({
    count: t.expose('count', {
      type: 'BigInt',
      description: 'How many had at least one accepted login, each counted once.',
    }),
    source: t.expose('source', { type: UniquesSourceEnum, description: 'What it was counted from.' }),
  }),
})

/** High, because a count reads bitmaps or rows of the whole range. */
const COUNT_COMPLEXITY = 200

/** A range and the counts of the kinds that the query selects. */
type UniquesShape = TimeBucket & { isComplete: boolean; counts: Map<SightingKind, UniqueCount> }

const fieldOf = { user: 'users', device: 'devices', address: 'addresses' } as const satisfies Record<
  SightingKind,
  string
>

const countOf =
  (kind: SightingKind) =>
  ({ counts }: UniquesShape) =>
    counts.get(kind) ?? null

const Uniques = builder.objectRef<UniquesShape>('Uniques').implement({
  description: 'Different users, devices and addresses of a range.',
  fields: (t) => ({
    from: t.field(fromField((range) => range)),
    to: t.field(toField((range) => range)),
    isComplete: t.field(isCompleteRangeField),
    users: t.field({
      type: UniqueCountType,
      nullable: true,
      complexity: COUNT_COMPLEXITY,
      description: 'Different user ids. Never null; the type allows null because it does for the others.',
      resolve: countOf('user'),
    }),
    devices: t.field({
      type: UniqueCountType,
      nullable: true,
      complexity: COUNT_COMPLEXITY,
      description:
        'Different device ids. Null when a filter is given and the range is older than the rows of logins.',
      resolve: countOf('device'),
    }),
    addresses: t.field({
      type: UniqueCountType,
      nullable: true,
      complexity: COUNT_COMPLEXITY,
      description:
        'Different IP addresses. Null when a filter is given and the range is older than the rows of logins.',
      resolve: countOf('address'),
    }),
    freshness: t.field(engagementFreshnessField),
  }),
})

builder.queryField('uniques', (t) =>
  t.field({
    type: Uniques,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, RowsGoneError],
      union: { description: 'Different users, devices and addresses, or why not.' },
    },
    description:
      'Different users, devices and addresses of a range, exact: at any age for whole days of UTC with at most one ' +
      'dimension in the filter, else within LOGIN_RETENTION_DAYS.',
    extensions: { expensive: true },
    args: countArgs(),
    resolve: async (_, args, context, info) => {
      const range = minuteRange(args.from ?? null, args.to ?? null, context.clock.minuteMs)
      checkBuckets(range, 'day')
      const kinds = sightingKinds.filter((kind) => selects(info, [fieldOf[kind]]))
      const counts = await context.read(async (session) =>
        readUniques(session, kinds, await planUniques(session, range, countFilter(args.filter))),
      )
      const isComplete = await engagementCompleteness(context, info)
      return { ...range, isComplete: isComplete(range), counts }
    },
  }),
)
