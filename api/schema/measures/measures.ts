import type { Marks } from '../../questions/bucket-completeness.ts'
import { answerMeasures, type MeasuresAnswer } from '../../questions/measures/answer-measures.ts'
import { engagementFreshness } from '../../questions/engagement-freshness.ts'
import { selectedFields } from '../../questions/selected-fields.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { type Measure, measures } from '../../../domain/measures/measure.ts'
import { type GroupDimension, isOfClock, isOfMembers } from '../../../domain/measures/group-dimension.ts'
import { EXPENSIVE_COMPLEXITY, isGiven } from '../../plugins/limit-expensive.ts'
import { isByMembers, type MemberLists } from '../../questions/measures/resolve-members.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { BucketEnum } from '../fields/analytics-enums.ts'
import { DimensionEnum } from '../fields/dimensions.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteField, isCutField } from '../fields/marks.ts'
import { fromField, toField } from '../fields/range-fields.ts'
import { measureArgs } from './arguments.ts'
import { GroupType, OtherGroupsType, TotalType } from './charted.ts'
import { PointType } from './measured.ts'

const TimeSpan = builder.objectRef<TimeBucket & Marks>('TimeSpan').implement({
  extensions: needs('figures'),
  description: 'A bucket of the range.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'First moment of the bucket, or of the range where that cuts it.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    end: t.field({
      type: 'DateTime',
      description: 'End of the bucket, exclusive.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    isComplete: t.field(isCompleteField),
    isCut: t.field(isCutField),
  }),
})

const Measures = builder.objectRef<MeasuresAnswer>('Measures').implement({
  extensions: needs('figures'),
  description: 'What was measured over a range of time, by the time of the event.',
  fields: (t) => ({
    from: t.field(fromField(({ range }) => range)),
    to: t.field(toField(({ range }) => range)),
    timeZone: t.string({
      description: 'Whose clock and calendar the answer follows.',
      resolve: ({ range }) => range.calendar.timeZone,
    }),
    bucket: t.field({
      type: BucketEnum,
      nullable: true,
      description: 'Length of the buckets; null: none were asked for.',
      resolve: ({ range }) => range.bucket,
    }),
    groupBy: t.field({
      type: [DimensionEnum],
      description: 'Dimensions of the groups, without repetitions.',
      resolve: ({ groupBy }) => [...groupBy],
    }),
    buckets: t.expose('buckets', {
      type: [TimeSpan],
      complexity: { field: 1, multiplier: 100 },
      description: 'All buckets of the range in order of time.',
    }),
    total: t.field({
      type: TotalType,
      description: 'All attempts of range and filter.',
      resolve: ({ total }) => total,
    }),
    points: t.field({
      type: [PointType],
      complexity: { field: 1, multiplier: 100 },
      description: 'The same as total.points.',
      resolve: ({ total }) => total.points(),
    }),
    groups: t.expose('groups', {
      type: [GroupType],
      complexity: { field: 1, multiplier: 10 },
      description:
        'The groups that have attempts in the range or in one that it is compared with, ordered and cut as asked; none without `groupBy`.',
    }),
    groupCount: t.expose('groupCount', {
      type: 'BigInt',
      description: 'How many groups there are, those in `other` included.',
    }),
    matchingGroupCount: t.expose('matchingGroupCount', {
      type: 'BigInt',
      description: 'How many groups meet `having`, whether `first` cuts them or not; without it all do.',
    }),
    other: t.expose('other', {
      type: OtherGroupsType,
      nullable: true,
      description: 'All groups beyond `groups` together; null when there are none.',
    }),
    freshness: t.field({
      ...freshnessField,
      description:
        'How fresh and how complete this answer is. Users, devices and addresses follow the counts by about a second, and by more ' +
        'while a backlog is read: where they are asked for, `lag` and `isComplete` say so.',
      resolve: ({ hasPeople }, _, context) =>
        hasPeople ? engagementFreshness(context) : context.freshness(),
    }),
  }),
})

type ExpensiveArgs = { groupBy?: readonly GroupDimension[]; filter?: MemberLists | null | undefined }

/** Counts of the past add up batches, and those of users, devices and addresses single attempts. */
const isExpensive = (args: ExpensiveArgs): boolean =>
  isGiven('asOf', 'asOfBatchId', 'since')(args) ||
  (args.groupBy ?? []).some(isOfMembers) ||
  isByMembers(args.filter)

/** Users, devices and addresses by the clock are counted of single attempts, too. */
const isByClock = ({ groupBy }: ExpensiveArgs): boolean => (groupBy ?? []).some(isOfClock)

type ByMeasure = { measure: Measure } | null | undefined

const isRankedByPeople = ({ orderBy, having }: { orderBy?: ByMeasure; having?: ByMeasure }): boolean =>
  [orderBy, having].some((by) => by != null && measures[by.measure].source === 'people')

builder.queryField('measures', (t) =>
  t.field({
    type: Measures,
    nullable: true,
    description:
      'Any measures of attempts by time, dimensions, zone and filter, beside other spans, now or as of a moment. Example: ' +
      'measures(bucket: DAY, timeZone: "Europe/Berlin", compareTo: [{span: PREVIOUS}]) { points { start logins compared { logins } } }.',
    complexity: (args) => (isExpensive(args) ? EXPENSIVE_COMPLEXITY : 1),
    extensions: {
      expensive: isExpensive,
      expensiveWithSets: isByClock,
      readsSets: isRankedByPeople,
      ...needs('figures'),
    },
    args: measureArgs(),
    resolve: (_, args, context, info) =>
      answerMeasures(context, args, { selected: selectedFields(info), info }),
  }),
)
