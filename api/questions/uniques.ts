import {
  type EngagementFacet,
  type DayRange,
  facetOf,
  readActive,
} from '../../db/read/engagement/engagement.ts'
import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import { isKeptSince, readRowsKeptFrom } from '../../db/read/rows/login-days.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { readDistinctInRows, readDistinctWithEdges } from '../../db/read/engagement/uniques.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import type { SightingKind } from '../../domain/sightings/sighting.ts'
import { RowsGoneError } from '../context/errors.ts'
import { keptRows } from './logins.ts'

export type UniquesSource = 'days' | 'days_and_rows' | 'rows'
export type UniqueCount = { count: bigint; source: UniquesSource }

/** A range and a filter, and what they can be answered from. */
type UniquesQuestion = TimeBucket & {
  filter: CountFilter
  /** The bitmaps that know the users of the whole days (UTC); null: only rows of logins know them. */
  facet: EngagementFacet | null
  days: DayRange
  /** The parts of the range before and after its whole days. */
  edges: TimeBucket[]
  areRowsKept: boolean
}

/**
 * Finds out what a question about uniques can be answered from.
 * @throws {RowsGoneError} if only rows of logins could answer, and they are gone
 */
export async function planUniques(
  session: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
): Promise<UniquesQuestion> {
  const days = { from: Math.ceil(range.fromMs / DAY_MS), to: Math.floor(range.toMs / DAY_MS) }
  const facet = days.from < days.to ? facetOf(filter) : null
  const edges = [
    { fromMs: range.fromMs, toMs: days.from * DAY_MS },
    { fromMs: days.to * DAY_MS, toMs: range.toMs },
  ].filter(({ fromMs, toMs }) => fromMs < toMs)
  const oldest = await readRowsKeptFrom(session)
  const areRowsKept = isKeptSince(oldest, new Date(range.fromMs))
  const areEdgesKept = edges.every(({ fromMs }) => isKeptSince(oldest, new Date(fromMs)))
  if (facet === null ? areRowsKept : areEdgesKept)
    return { ...range, filter, facet, days, edges, areRowsKept }
  throw new RowsGoneError(
    `only rows of logins can answer for parts of days or by several dimensions, and ${keptRows(oldest)} ` +
      '(LOGIN_RETENTION_DAYS): ask for later days, or for whole days of UTC with at most one dimension in the filter',
    oldest,
  )
}

/**
 * Counts the different users, devices and addresses. Devices and addresses have no count if a filter is given
 * and the rows are gone, because by day they are kept without dimensions.
 */
export async function readUniques(
  session: ReadSession,
  kinds: readonly SightingKind[],
  { facet, days, edges, areRowsKept, filter, ...range }: UniquesQuestion,
): Promise<Map<SightingKind, UniqueCount>> {
  const byDay = kinds.filter((kind) => facet !== null && (kind === 'user' || facet.facet === 'all'))
  const others = areRowsKept ? kinds.filter((kind) => !byDay.includes(kind)) : []
  const counts = await Promise.all([
    facet === null ? noCounts : readByDay(session, byDay, { facet, days, edges, filter }),
    readInRows(session, others, range, filter),
  ])
  return new Map(counts.flat())
}

type Counted = [SightingKind, UniqueCount][]

const noCounts: Promise<Counted> = Promise.resolve([])

async function readByDay(
  session: ReadSession,
  kinds: readonly SightingKind[],
  {
    facet,
    days,
    edges,
    filter,
  }: Pick<UniquesQuestion, 'days' | 'edges' | 'filter'> & { facet: EngagementFacet },
): Promise<Counted> {
  if (edges.length > 0)
    return withSource(
      'days_and_rows',
      await readDistinctWithEdges(session, kinds, facet, { days, edges }, filter),
    )
  const counts = kinds.map(async (kind): Promise<[SightingKind, bigint]> => [
    kind,
    await readActive(session, kind, facet, days),
  ])
  return withSource('days', await Promise.all(counts))
}

const withSource = (source: UniquesSource, counts: Iterable<[SightingKind, bigint]>): Counted =>
  Array.from(counts, ([kind, count]) => [kind, { count, source }])

const readInRows = async (...question: Parameters<typeof readDistinctInRows>): Promise<Counted> =>
  withSource('rows', await readDistinctInRows(...question))
