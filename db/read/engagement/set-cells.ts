import { coverCells } from '../../../domain/engagement/cover-cells.ts'
import { cutsOf } from '../../../domain/engagement/cover-days.ts'
import { type CellRange, DistinctInSpans } from '../../../domain/engagement/distinct-in-spans.ts'
import { cutIntoCells, type SpanCell } from '../../../domain/engagement/cut-into-cells.ts'
import type { ReadNumbers } from '../../../domain/engagement/activity-in-cells.ts'
import type { NumberedSpan } from '../../../domain/measures/cells.ts'
import type { GroupName } from '../../../domain/counts/dimensions.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { floorTo, type TimeBucket } from '../../../domain/time/bucket.ts'
import { DAY_MS, type DayRange } from '../../../domain/time/period.ts'
import { hasAllValues, type SetFilter } from '../counts/set-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { readFirstCells } from './first-cells.ts'
import { type KindActivity, readKindsInCells } from './kinds-in-cells.ts'
import type { GroupCount } from './set-days.ts'
import type { SetFacet } from './set-facets.ts'
import type { GroupValues } from './set-groups.ts'
import { withinLists } from './set-lists.ts'

/** Members of a kind by groups: those with an attempt of the filter. */
export type SetQuestion = {
  kind: SightingKind
  by: readonly GroupName[]
  filter: SetFilter
  /** Whether only those count whose first attempt (of the filter's attempts, whatever its values) lies in the span. */
  areNew: boolean
  /** Only these groups (keyOfStored), each by itself or all of them together; left out: all, each by itself. */
  among?: { groups: ReadonlySet<string>; areTogether: boolean }
}

/** Takes who was active in a cell; of no cell: nothing. */
export type CellSink = { add: (values: GroupValues, cell: number | undefined, read: ReadNumbers) => void }

export type CellLimits = {
  /** Whether days within a cell are read from bitmaps. */
  areByDays: (days: DayRange) => boolean
  /** Bytes that may be read from lists, and as many from bitmaps. */
  most: number
}

/**
 * A question, and the bitmaps that know its members; null: none do. Questions that are answered together are of
 * the same groups and filter.
 */
export type CellQuestion = { question: SetQuestion; facet: SetFacet | null }

/**
 * Counts the different members of spans by who was active in their cells: from bitmaps of whole days, from the lists of hours,
 * and from the rows of batches that wait to be listed. What several questions need is read once.
 * @returns in the order of the questions; null when lists or bitmaps of one of them have more than the limit
 */
export async function countInCells(
  session: ReadSession,
  questions: readonly CellQuestion[],
  spans: readonly NumberedSpan[],
  limits: CellLimits,
): Promise<GroupCount[][] | null> {
  if (spans.length === 0) return questions.map(() => [])
  const within = spans.map(({ span }) => span)
  // New members take the days that spans cut as a whole: they may have been active there before.
  const areSomeNew = questions.some(({ question }) => question.areNew)
  const { cells, ranges } = cutIntoCells(within, areSomeNew ? daysCut(within) : [])
  const cover = await withinLists(session, coverCells(cells.map(inSpan), limits.areByDays))
  const asked = { cells, cover, most: limits.most }
  const activities = await readKindsInCells(session, questions, asked)
  if (activities === null) return await countOneByOne(session, questions, spans, limits)
  const counts: GroupCount[][] = []
  for (const { question } of questions) {
    const activity = activities.get(question.kind)
    if (activity === undefined) continue
    const counted = await countQuestion(session, question, { ...asked, ranges, activity })
    if (counted === null) return null
    counts.push(numbered(counted, spans))
  }
  return counts
}

/** Counts each kind for itself: together they have more than may be read at once. */
async function countOneByOne(
  session: ReadSession,
  questions: readonly CellQuestion[],
  spans: readonly NumberedSpan[],
  limits: CellLimits,
): Promise<GroupCount[][] | null> {
  if (new Set(questions.map(({ question }) => question.kind)).size === 1) return null
  const counts: GroupCount[][] = []
  for (const one of questions) {
    const [own] = (await countInCells(session, [one], spans, limits)) ?? []
    if (own === undefined) return null
    counts.push(own)
  }
  return counts
}

type CountedCells = {
  cells: readonly SpanCell[]
  ranges: readonly CellRange[]
  activity: KindActivity
  most: number
}

type CountedGroup = { values: GroupValues; counts: number[] }

/** Counts by group and span; null when the lists that say who is new have more bytes than the limit. */
async function countQuestion(
  session: ReadSession,
  question: SetQuestion,
  { cells, ranges, activity, most }: CountedCells,
): Promise<CountedGroup[] | null> {
  const { members, numberOf, inCells } = activity
  const isOfEverybody =
    question.by.length === 0 && hasAllValues(question.filter) && question.among === undefined
  const known = { cells, members, numberOf, active: isOfEverybody ? inCells : null }
  const firsts = question.areNew ? await readFirstCells(session, question, known, most) : null
  if (question.areNew && firsts === null) return null
  const counter = new DistinctInSpans(ranges, activity.countOf())
  return Array.from(inCells.groups(), ({ values, activityIn }) => ({
    values,
    counts: firsts === null ? counter.count(activityIn) : counter.countNew(activityIn, firsts),
  }))
}

const numbered = (groups: readonly CountedGroup[], spans: readonly NumberedSpan[]): GroupCount[] =>
  groups.flatMap(({ values, counts }) =>
    counts.flatMap((count, i) => {
      const number = spans[i]?.number
      return number === undefined || count === 0 ? [] : [{ values, number, members: count }]
    }),
  )

/** The days (UTC) that spans cut. */
const daysCut = (spans: readonly TimeBucket[]): TimeBucket[] =>
  [...new Set(spans.flatMap(cutsOf).map((ms) => floorTo(ms, DAY_MS)))].map((fromMs) => ({
    fromMs,
    toMs: fromMs + DAY_MS,
  }))

/** A cell, or nothing of one that is in no span. */
const inSpan = ({ fromMs, toMs, isInSpan }: SpanCell): TimeBucket => ({
  fromMs,
  toMs: isInSpan ? toMs : fromMs,
})
