import type { GraphQLResolveInfo } from 'graphql'
import { anyLogin } from '../../../db/read/counts/count-filter.ts'
import { readCohortCells } from '../../../db/read/engagement/cohort-cells.ts'
import { readListsKeptFrom } from '../../../db/read/engagement/kept-lists.ts'
import { type DimensionName, facets } from '../../../domain/counts/dimensions.ts'
import { type Cohort, cohortsOf, cohortsOfAllSpans } from '../../../domain/engagement/retention.ts'
import { type BasedSpan, basedSpan } from '../../../domain/engagement/based-span.ts'
import type { SetBasis } from '../../../domain/engagement/set-sources.ts'
import { compareValues, type GroupDimension, valueText } from '../../../domain/measures/group-dimension.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { CalendarBucket } from '../../../domain/time/calendar.ts'
import { dayOf } from '../../../domain/time/period.ts'
import type { ApiContext } from '../../context/context.ts'
import { AnswerTooLargeError, UnsupportedCombinationError } from '../../context/errors.ts'
import { limits } from '../../context/limits.ts'
import { warnIfHalvesAreOld, warnOfUtcDays } from '../attempt-warnings.ts'
import type { IsComplete } from '../bucket-completeness.ts'
import { engagementCompleteness } from '../engagement-freshness.ts'
import { warnBeforeFirst } from '../warn-before-first.ts'
import { warnOfUnknownOutcomes } from '../warn-of-unknown-outcomes.ts'
import { retentionSpans, type SpanArgs } from './retention-spans.ts'

type RetentionArgs = SpanArgs & {
  groupBy: readonly GroupDimension[]
  attempts: AttemptKind
  emptyCohorts: boolean
}

/** A span of an answer. */
type AnsweredSpan = { range: TimeBucket; isComplete: boolean; setBasis: SetBasis }

export type CohortAnswer = AnsweredSpan & {
  /** Of `groupBy`. */
  values: string[]
  users: bigint
  points: (AnsweredSpan & { index: number; users: bigint; share: number })[]
}

export type RetentionAnswer = TimeBucket & {
  timeZone: string
  bucket: CalendarBucket
  groupBy: GroupDimension[]
  cohorts: CohortAnswer[]
}

/**
 * Answers `retention`.
 * @throws {ExpectedError} if the question cannot be answered
 */
export async function answerRetention(
  context: ApiContext,
  args: RetentionArgs,
  info: GraphQLResolveInfo,
): Promise<RetentionAnswer> {
  const { timeZone, bucket, attempts } = args
  const by = dividedBy(args.groupBy)
  const { calendar, ranges, fromMs, toMs } = retentionSpans(args, context.clock.minuteMs)
  const { spans, cells } = await context.read(async (session) => {
    const listsFromMs = (await readListsKeptFrom(session)).getTime()
    const spans = ranges.map((range) => basedSpan(range, calendar, listsFromMs))
    const counted = spans.map((span) => span.counted)
    const most = { cells: limits.rows, chunks: limits.cohortChunks }
    return { spans, cells: await readCohortCells(session, counted, { by, attempts }, most) }
  })
  if (cells === 'cells') throw tooManyValues()
  if (cells === 'chunks') throw cohortsTooLarge()
  const firstMs = spans[0]?.counted.fromMs ?? 0
  await warnIfHalvesAreOld(context, info, { facet: by ?? 'all', values: [], attempts }, dayOf(firstMs))
  if (spans.some(({ setBasis }) => setBasis === 'utc_days')) warnOfUtcDays(context, info)
  await warnBeforeFirst(context, info, { calendar, bucket, ranges: [{ fromMs, toMs }] })
  if (attempts !== 'all')
    await warnOfUnknownOutcomes(context, info, { ranges: [{ fromMs, toMs }], filter: anyLogin })
  const isComplete = await engagementCompleteness(context, info)
  const compare = by === null ? () => 0 : compareValues(by)
  const all = { compareValues: compare, isDivided: by !== null, most: limits.rows }
  const cohorts = args.emptyCohorts
    ? cohortsOfAllSpans(cells, spans.length, all)
    : cohortsOf(cells, spans.length, compare)
  if (cohorts === null) throw tooManyValues()
  return {
    ...{ timeZone, bucket, fromMs, toMs, groupBy: by === null ? [] : [by] },
    cohorts: cohorts.map((cohort) => answered(cohort, spans, by, isComplete)),
  }
}

/** @throws {UnsupportedCombinationError} if users are not kept by the values of this dimension */
function dividedBy(groupBy: readonly GroupDimension[]): DimensionName | null {
  const [dimension, ...others] = new Set(groupBy)
  if (dimension === undefined) return null
  const facet = facets.find(({ name }) => name === dimension)
  if (facet !== undefined && others.length === 0) return facet.name
  const names = facets.map(({ name }) => name.toUpperCase())
  throw new UnsupportedCombinationError(
    `cohorts are divided by one of ${names.slice(0, -1).join(', ')} and ${names.at(-1)}, and by no other: give one of them`,
    'groupBy',
  )
}

const tooManyValues = () =>
  new AnswerTooLargeError(
    `the answer would have more values (cohorts by value times spans) than the cap of ${limits.rows}: ask for a shorter range, or without groupBy`,
    { argument: 'groupBy', cap: limits.rows },
  )

const cohortsTooLarge = () =>
  new AnswerTooLargeError(
    `the users of the cohorts are in more than the cap of ${limits.cohortChunks} chunks of bitmaps: ask for a shorter range, without groupBy, ` +
      'or for days of UTC',
    { argument: 'from', cap: limits.cohortChunks },
  )

function answered(
  { place, value, users, points }: Cohort,
  spans: readonly BasedSpan[],
  by: DimensionName | null,
  isComplete: IsComplete,
): CohortAnswer {
  const spanAt = (at: number): AnsweredSpan => {
    const { range, counted, setBasis } = spans[at] ?? noSpan
    return { range, isComplete: isComplete(range) && isComplete(counted), setBasis }
  }
  return {
    ...spanAt(place),
    values: by === null || value === null ? [] : [valueText(by, value)],
    users,
    points: points.map((point) => ({ ...point, ...spanAt(point.place), index: point.place - place })),
  }
}

const noRange: TimeBucket = { fromMs: 0, toMs: 0 }
const noSpan: BasedSpan = { range: noRange, counted: noRange, setBasis: 'time_zone' }
