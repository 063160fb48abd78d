import { type CountFilter, filteredDimensions } from '../../../db/read/counts/count-filter.ts'
import type { CountSource } from '../../../db/read/counts/count-moment.ts'
import type { CountQuestion } from '../../../db/read/counts/login-counts.ts'
import { readSeenTimes, type SeenTimes } from '../../../db/read/counts/seen-times.ts'
import { ALL_DIMENSIONS, smallestSet } from '../../../domain/counts/counts.ts'
import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import { closedValues } from '../../../domain/counts/value-filter.ts'
import { cellsOf } from '../../../domain/measures/cells.ts'
import {
  clocks,
  type GroupDimension,
  isOfClock,
  storedDimensions,
} from '../../../domain/measures/group-dimension.ts'
import {
  type ClockCell,
  type Reading,
  failuresOf,
  readingOf,
  sumOf,
  type Tallies,
  type TallyGroup,
  TallyGroups,
} from '../../../domain/measures/groups.ts'
import { addSeen } from '../../../domain/measures/measure.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { AnswerSpans } from '../../../domain/measures/spans.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { Calendar, CalendarBucket } from '../../../domain/time/calendar.ts'
import type { ApiContext } from '../../context/context.ts'
import { AnswerTooLargeError } from '../../context/errors.ts'
import { limits, tooManyRows } from '../../context/limits.ts'
import { readCounts } from '../read-counts.ts'
import type { MeasurePlan, PartPlan } from './plan-measures.ts'

export type MeasureQuestion = {
  calendar: Calendar
  /** Length of the buckets; null: there are none. */
  bucket: CalendarBucket | null
  spans: AnswerSpans
  groupBy: readonly GroupDimension[]
  filter: CountFilter
  /** Which attempts make something seen. */
  attempts: AttemptKind
}

/** The cells by which a part of an answer is read; none where it is not. */
type PartCells = { counts: ClockCell[]; seen: ClockCell[] }
export type PlannedCells = { total: PartCells; groups: PartCells }

/** @throws {AnswerTooLargeError} if groups by the clock have more hours than the cap */
export function planCells({ calendar, spans, groupBy }: MeasureQuestion, plan: MeasurePlan): PlannedCells {
  const clock = groupBy.filter(isOfClock)
  const cuts = plan.groups === null || clock.length === 0 ? [] : hoursOf(calendar, spans.ranges)
  const cellsBy = (isByBucket: boolean, names: typeof clock, at: number[]): ClockCell[] => {
    const clockAt = clocks(calendar, names)
    return cellsOf(spans.list(isByBucket), at).map((cell) => ({
      ...cell,
      clock: clockAt(cell.fromMs),
    }))
  }
  const partCells = (part: PartPlan | null, names: typeof clock, at: number[]): PartCells => ({
    counts: part === null ? [] : cellsBy(part.isByBucket, names, at),
    seen: part === null || part.seen === 'nowhere' ? [] : cellsBy(part.seen === 'buckets', [], []),
  })
  return { total: partCells(plan.total, [], []), groups: partCells(plan.groups, clock, cuts) }
}

/** Where the hours of the clock begin in some ranges. */
function hoursOf(calendar: Calendar, ranges: readonly TimeBucket[]): number[] {
  const hours = ranges.flatMap((range) => calendar.buckets('hour', range, limits.comparedBuckets + 1))
  if (hours.length <= limits.comparedBuckets) return hours.map(({ fromMs }) => fromMs)
  throw new AnswerTooLargeError(
    `groupBy WEEKDAY or HOUR_OF_DAY adds up ${hours.length} hours or more, above the cap of ${limits.comparedBuckets}: ask for a ` +
      'shorter range, or compare with fewer others',
    { argument: 'groupBy', cap: limits.comparedBuckets, asked: hours.length },
  )
}

/** What was read: the tallies of everything together, and the groups, which may have attempts in any span. */
type ReadMeasures = { total: Tallies; groups: TallyGroup[] }

/**
 * Reads what a plan says.
 * @throws {AnswerTooLargeError} if there are more counts than the cap
 * @throws {DataGoneError} if spans need counts of minutes that are no longer kept
 */
export async function readMeasures(
  context: ApiContext,
  question: MeasureQuestion,
  plan: MeasurePlan,
  cells: PlannedCells,
  source: CountSource,
): Promise<ReadMeasures> {
  const ask = { ...question, source }
  const groups = plan.groups && (await readPart(context, ask, plan.groups, cells.groups))
  const total = plan.total && (await readPart(context, { ...ask, groupBy: [] }, plan.total, cells.total))
  return { total: sumOf(total ?? groups ?? []), groups: groups ?? [] }
}

type PartQuestion = Pick<MeasureQuestion, 'groupBy' | 'filter' | 'attempts'> & { source: CountSource }

async function readPart(
  context: ApiContext,
  { groupBy, filter, attempts, source }: PartQuestion,
  { failures, versions }: PartPlan,
  cells: PartCells,
): Promise<TallyGroup[]> {
  const dimensions = storedDimensions(groupBy)
  const counted = countedDimensions(groupBy, versions)
  const groups = new TallyGroups(groupBy)
  for (const part of countQuestions({ dimensions: counted, filter, source }, failures))
    for (const counts of await readCounts(context, cells.counts, part.question, part.most))
      groups.add(cells.counts, part.isOfFailures ? failuresOf(counts, versions) : readingOf(counts, versions))
  if (cells.seen.length > 0) {
    const seen = await context.read((session) =>
      readSeenTimes(session, cells.seen, { dimensions, filter: { ...filter, attempts } }, limits.rows),
    )
    if (seen === null) throw tooManyRows()
    for (const one of seen) groups.add(cells.seen, readingOfSeen(one))
  }
  return groups.all()
}

/** The dimensions that counts are read by: those of groups, and the version if logins are counted by it. */
export const countedDimensions = (groupBy: readonly GroupDimension[], versions: boolean): DimensionName[] => [
  ...new Set([...storedDimensions(groupBy), ...(versions ? (['app_version'] as const) : [])]),
]

type PartOfCounts = { question: CountQuestion; isOfFailures: boolean; most: number }

/** How many outcomes there are. */
const OUTCOMES = closedValues('outcome')?.length ?? 1

/**
 * The questions about counts that know attempts, and failures where they are asked for. Failures are read
 * apart, because they are kept by as many dimensions as attempts, unless the outcome is read anyway.
 */
function countQuestions(question: CountQuestion, failures: boolean): PartOfCounts[] {
  const { dimensions, filter } = question
  const attempts = { question, isOfFailures: false, most: limits.rows }
  if (!failures || dimensions.includes('outcome')) return [attempts]
  const set = smallestSet([...dimensions, ...filteredDimensions(filter)])
  if (filter.outcomes !== null || set === ALL_DIMENSIONS) {
    const byOutcome = { ...question, dimensions: [...dimensions, 'outcome' as const] }
    return [{ question: byOutcome, isOfFailures: false, most: limits.rows * OUTCOMES }]
  }
  const failed = { ...question, filter: { ...filter, outcomes: ['failure'] } }
  return [attempts, { question: failed, isOfFailures: true, most: limits.rows }]
}

const readingOfSeen = ({ values, bucket, firstMs, lastMs }: SeenTimes): Reading => ({
  values,
  cells: [bucket],
  addTo: (tally) => {
    addSeen(tally, firstMs, lastMs)
  },
})
