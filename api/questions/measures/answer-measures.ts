import type { GraphQLResolveInfo } from 'graphql'
import type { ClockCell } from '../../../domain/measures/groups.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { BucketedRange } from '../../../domain/measures/compare.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import type { AnswerGroups } from '../../../domain/measures/answer-groups.ts'
import type { GroupCondition, GroupOrder } from '../../../domain/measures/rank.ts'
import { AnswerSpans } from '../../../domain/measures/spans.ts'
import { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { Moment } from '../../../domain/time/moment.ts'
import type { CalendarBucket, Weekday } from '../../../domain/time/calendar.ts'
import type { ApiContext } from '../../context/context.ts'
import { InvalidArgumentError } from '../../context/errors.ts'
import { checkPageSize } from '../../context/limits.ts'
import { engagementCompleteness } from '../engagement-freshness.ts'
import { completenessFor, type IsComplete, type Marks, marksOf } from '../bucket-completeness.ts'
import { type AttemptFilter, knownFilter } from '../resolve-filter.ts'
import type { SelectedField } from '../selected-fields.ts'
import { warnBeforeFirst } from '../warn-before-first.ts'
import { warnOfUnknownOutcomes } from '../warn-of-unknown-outcomes.ts'
import { checkMembers, needsLists } from './check-members.ts'
import { checkSizes } from './measure-sizes.ts'
import { type MomentArgs, sourceOf } from './moments-of-question.ts'
import { type ComparisonArg, comparedRanges, measureRange } from './measure-range.ts'
import { readNewest } from './newest-release.ts'
import { dependsOnOutcomes, type MeasurePlan, planMeasures } from './plan-measures.ts'
import { readAnswer, readsBitmaps } from './read-answer.ts'
import { planOfLists } from './read-listed.ts'
import { type MeasureQuestion, planCells } from './read-measures.ts'
import { pastArgumentsOf } from './refuse-clock-and-past.ts'
import { isByMembers, knownMembers, type MemberLists } from './resolve-members.ts'
import { type Charted, createShapes, type Shaping } from './shape-measures.ts'
import { spanMinutes } from './span-minutes.ts'
import type { Listing } from './top-groups.ts'
import { warnOfMissingArguments } from './warn-of-missing-arguments.ts'
import { warnOfNobody } from './warn-of-nobody.ts'

type MeasureArgs = MomentArgs & {
  from?: Moment | null | undefined
  to?: Moment | null | undefined
  timeZone: string
  bucket?: CalendarBucket | null | undefined
  weekStart: Weekday
  filter?: (AttemptFilter & MemberLists) | null | undefined
  groupBy: readonly GroupDimension[]
  orderBy?: GroupOrder | null | undefined
  having?: GroupCondition | null | undefined
  attempts: AttemptKind
  first?: number | null | undefined
  compareTo: readonly ComparisonArg[]
}

export type MeasuresAnswer = {
  range: BucketedRange
  groupBy: readonly GroupDimension[]
  buckets: (TimeBucket & Marks)[]
  total: Charted
  groups: Charted[]
  groupCount: number
  matchingGroupCount: number
  other: (Charted & { groupCount: number }) | null
  /** Whether people are counted, who follow the other counts by about a second. */
  hasPeople: boolean
}

/** What the query selects below `measures`, and where in the answer it stands. */
type Selection = { selected: readonly SelectedField[]; info: GraphQLResolveInfo }

/**
 * Answers `measures`.
 * @throws {ExpectedError} if the question cannot be answered
 */
export async function answerMeasures(
  context: ApiContext,
  args: MeasureArgs,
  { selected, info }: Selection,
): Promise<MeasuresAnswer> {
  const planned = planAnswer(context, args, selected)
  warnOfMissingArguments(context, info, args, selected)
  const { range, spans, plan, isListed, groupBy } = planned
  const listing = listingOf(planned)
  // Of the groups it is not known how many there are.
  listing.check({ listed: 0, rest: 0 })
  const unnumbered = new UnnumberedMembers()
  const filter = await knownFilter(context, args.filter, info)
  const members = await knownMembers(context, args.filter, unnumbered, info)
  const { calendar, bucket } = range
  const { attempts } = args
  const question = { calendar, bucket, spans, groupBy, filter, attempts, members, unnumbered }
  const cells = planCells(question, plan)
  const source = await sourceOf(context, args, calendar, [...cells.total.counts, ...cells.groups.counts])
  const answer = await readAnswer(
    { context, info, selected },
    question,
    { plan, cells, source },
    planned,
    listing,
  )

  const hasBitmaps = readsBitmaps(plan, isListed)
  const read = { filter: { ...filter, attempts }, groupBy, plan, span: listing.span, hasBitmaps }
  await warnOfNobody(context, info, read, answer)
  await warnBeforeFirst(context, info, { calendar, bucket, ranges: spans.ranges })
  if (dependsOnOutcomes(plan, attempts))
    await warnOfUnknownOutcomes(context, info, { ranges: spans.ranges, filter })
  // The lists know everybody who is counted; bitmaps follow.
  const isComplete = hasBitmaps
    ? await engagementCompleteness(context, info)
    : await completenessFor(context, info, { source })
  const marks = bucket === null ? [] : marksOf({ ...range, bucket }, isComplete)
  const ranges = { ranges: spans.ranges, groupBy, filter }
  const newestRelease = plan.newest ? await readNewest(context, ranges) : () => null
  const clock = shapingOf(context, question, { isComplete, marks, cells: cells.groups.counts })
  return shaped({ ...clock, newestRelease }, answer, { range, marks, hasPeople: hasBitmaps })
}

/** What the arguments and the selection alone say of an answer. */
type PlannedAnswer = Pick<Listing, 'groupBy' | 'order' | 'having' | 'first'> & {
  range: BucketedRange
  spans: AnswerSpans
  plan: MeasurePlan
  /** Whether the lists of logins by hour answer. */
  isListed: boolean
  /** The spans that groups are wanted of, by number. */
  ofGroups: ReadonlySet<number>
}

function planAnswer(
  { clock }: ApiContext,
  args: MeasureArgs,
  selected: readonly SelectedField[],
): PlannedAnswer {
  const [groupBy, first] = [[...new Set(args.groupBy)], firstOf(args)]
  const [order, having] = [args.orderBy ?? null, args.having ?? null]
  const range = measureRange(args, clock.minuteMs)
  const past = pastArgumentsOf(args)
  const planned = planMeasures(selected, { groupBy, order, having, hasBuckets: range.bucket !== null, past })
  const asked = { groupBy, first: args.first, isFiltered: isByMembers(args.filter), past }
  checkMembers(asked, planned)
  const isListed = needsLists(asked, planned)
  const plan = isListed ? planOfLists(planned) : planned
  const compared = comparedRanges(range, args.compareTo)
  const spans = new AnswerSpans(range, plan.isCompared ? compared : [])
  const ofGroups = new Set(spans.list(planned.groups?.isByBucket ?? false).map(({ number }) => number))
  return { groupBy, order, having, first, range, spans, plan, isListed, ofGroups }
}

const listingOf = ({ groupBy, order, having, first, range, spans, plan }: PlannedAnswer): Listing => ({
  ...{ groupBy, order, having, first, span: spans.numberOf(0, null) },
  check: (groups) => {
    const sizes = { buckets: range.buckets.length, ranges: spans.ranges.length }
    checkSizes(plan.lists, { ...sizes, ...groups })
  },
})

function shaped(
  shaping: Shaping,
  answer: AnswerGroups,
  { range, marks, hasPeople }: { range: BucketedRange; marks: readonly Marks[]; hasPeople: boolean },
): MeasuresAnswer {
  const shapes = createShapes(shaping, answer)
  const { listed, rest, matching } = answer
  const groupCounts = { groupCount: listed.length + rest.groups, matchingGroupCount: matching }
  return {
    ...{ range, groupBy: shaping.groupBy, ...groupCounts, hasPeople },
    buckets: range.buckets.flatMap((one, place) => withMarks(one, marks[place])),
    total: shapes.total(),
    groups: listed.map(shapes.group),
    other: rest.groups === 0 ? null : shapes.other(),
  }
}

function shapingOf(
  { clock }: ApiContext,
  { spans, groupBy }: Pick<MeasureQuestion, 'spans' | 'groupBy'>,
  { isComplete, marks, cells }: { isComplete: IsComplete; marks: Marks[]; cells: ClockCell[] },
): Omit<Shaping, 'newestRelease'> {
  return {
    ...{ spans, groupBy, buckets: marks.length, ...spanMinutes(clock, { spans, groupBy }, cells) },
    marksOf: (range, place) => ({
      isComplete: isComplete(spans.at(range, place)),
      isCut: place === null ? marks.some(({ isCut }) => isCut) : (marks[place]?.isCut ?? false),
    }),
  }
}

const withMarks = (bucket: TimeBucket, marks: Marks | undefined) =>
  marks === undefined ? [] : [{ ...bucket, ...marks }]

/** How many groups are listed at most. */
function firstOf({ first }: Pick<MeasureArgs, 'first'>): number {
  if (first == null) return Infinity
  if (first < 1) throw new InvalidArgumentError('first must be at least 1', 'first')
  checkPageSize(
    'first',
    first,
    'by orderBy from the other end too, or with a filter; `other` adds up the rest',
  )
  return first
}
