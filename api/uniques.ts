import { type ActivityFacet, type DayRange, facetOf, readActive } from '../db/read/activity.ts'
import type { CountFilter } from '../db/read/count-filter.ts'
import { isKeptSince } from '../db/read/login-days.ts'
import type { ReadSession } from '../db/read/snapshot.ts'
import { readDistinctInRows, readDistinctWithEdges, readRowsKeptFrom } from '../db/read/uniques.ts'
import type { TimeBucket } from '../domain/cover-buckets.ts'
import { DAY_MS } from '../domain/period.ts'
import type { PresenceKind } from '../domain/presence.ts'
import { RowsGoneError } from './errors.ts'

export type UniquesSource = 'days' | 'days_and_rows' | 'rows'
export type UniqueCount = { count: bigint; source: UniquesSource }

/** A range and filter, and what can answer for them. */
export type UniquesQuestion = TimeBucket & {
  filter: CountFilter
  /** Bitmaps that answer for users on the whole days of UTC; null: only rows can. */
  facet: ActivityFacet | null
  days: DayRange
  /** What the range has beside whole days. */
  edges: TimeBucket[]
  areRowsKept: boolean
}

/** @throws {RowsGoneError} when nothing can answer */
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
  const kept = oldest === null ? 'no rows are kept' : `rows are kept from ${oldest.toISOString()} on`
  throw new RowsGoneError(
    `only rows of logins know hours and several dimensions at once, and ${kept} (LOGIN_RETENTION_DAYS): ask from then on, ` +
      'or for whole days of UTC with at most one dimension in the filter',
    oldest,
  )
}

/** Null: devices and addresses are kept by day without dimensions, and the rows are gone. */
export async function readUniques(
  session: ReadSession,
  kind: PresenceKind,
  { facet, days, edges, areRowsKept, filter, ...range }: UniquesQuestion,
): Promise<UniqueCount | null> {
  if (facet !== null && (kind === 'user' || facet.facet === 'all')) {
    if (edges.length === 0) return { count: await readActive(session, kind, facet, days), source: 'days' }
    const count = await readDistinctWithEdges(session, kind, facet, { days, edges }, filter)
    return { count, source: 'days_and_rows' }
  }
  if (!areRowsKept) return null
  return { count: await readDistinctInRows(session, kind, range, filter), source: 'rows' }
}
