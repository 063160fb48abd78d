import type { Charted } from '../../questions/measures/shape-measures.ts'
import { about, needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitalised } from '../fields/enum-values.ts'
import {
  comparedField,
  ComparedType,
  measureArgs,
  MeasuredInterface,
  ofMeasure,
  OF_SHARES,
  PointType,
  shareArgs,
} from './measured.ts'

const IN_RANGES = 'The same in the ranges of `compareTo`, in its order.'

/** Points are capped by their number: only what is asked of each counts. */
const pointsField = {
  description: 'Every bucket in order of time; none without `bucket`.',
  complexity: { field: 1, multiplier: 100 },
  resolve: (charted: Charted) => charted.points(),
}

export const TotalType = builder.objectRef<Charted>('MeasuredTotal').implement({
  extensions: needs('figures'),
  description: 'All attempts of the range and filter.',
  interfaces: [MeasuredInterface],
})

export const GroupType = builder.objectRef<Charted>('MeasuredGroup').implement({
  extensions: needs('figures'),
  description: 'A combination of values of the dimensions of `groupBy`.',
  interfaces: [MeasuredInterface],
  fields: (t) => ({
    values: t.stringList({
      extensions: about((group: Charted) => group.people()),
      description:
        'The values in the order of `groupBy`, such as ["IOS", "2.3.0"]. Filters take them as they are, but for WEEKDAY and HOUR_OF_DAY, which no filter has.',
      resolve: ({ values }) => [...values],
    }),
    node: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      extensions: { readsSets: true },
      description:
        'The user, device or address that it is grouped by, the first one if by several; null if by none, and for about a second after ' +
        'it was first counted. Of a user: `node { id ... on User { userId firstDay } }`.',
      resolve: ({ member }) =>
        member?.number == null ? null : { ...member, __typename: capitalised(member.kind) },
    }),
    share: t.float({
      nullable: true,
      args: shareArgs(),
      extensions: ofMeasure,
      description: 'Its share of all groups over the whole range, from 0 to 1; null where all have nothing.',
      resolve: (group, { measure, within }) => group.share(measure, within),
    }),
  }),
})

for (const type of [TotalType, GroupType])
  builder.objectFields(type, (t) => ({
    compared: t.field({ ...comparedField, type: [ComparedType], description: IN_RANGES }),
    series: t.field({
      type: ['Float'],
      nullable: { list: false, items: true },
      args: measureArgs(),
      extensions: ofMeasure,
      complexity: 5,
      description:
        'A measure of every bucket, in the order of `buckets`: a tenth of the size of `points`. Null where it has no value.',
      resolve: (charted, { measure }) => charted.series(measure),
    }),
    points: t.field({ ...pointsField, type: [PointType] }),
    peak: t.field({
      type: PointType,
      nullable: true,
      args: measureArgs('Of which measure.'),
      extensions: ofMeasure,
      description: 'The first of the buckets with the most; null where none has any, and without `bucket`.',
      resolve: (charted, { measure }) => charted.peak(measure),
    }),
  }))

export type OtherGroups = Charted & { groupCount: number }

export const OtherGroupsType = builder.objectRef<OtherGroups>('OtherGroups').implement({
  extensions: needs('figures'),
  description: 'All groups beyond `first`, together.',
  interfaces: [MeasuredInterface],
  fields: (t) => ({
    groupCount: t.expose('groupCount', { type: 'BigInt', description: 'How many groups these are.' }),
    share: t.float({
      nullable: true,
      args: measureArgs(OF_SHARES),
      extensions: ofMeasure,
      description: 'Their share of all, from 0 to 1; null where all have nothing.',
      resolve: (others, { measure }) => others.share(measure, []),
    }),
    compared: t.field({ ...comparedField, type: [ComparedType], description: IN_RANGES }),
    points: t.field({ ...pointsField, type: [PointType] }),
  }),
})
