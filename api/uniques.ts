import { type ActivityFacet, facetOf, readActive } from '../db/read/activity.ts'
import type { CountFilter } from '../db/read/count-filter.ts'
import { isKeptSince } from '../db/read/login-days.ts'
import type { ReadSession } from '../db/read/snapshot.ts'
import { readDistinctInRows, readRowsKeptFrom } from '../db/read/uniques.ts'
import type { TimeBucket } from '../domain/cover-buckets.ts'
import { dayOf } from '../domain/period.ts'
import type { PresenceKind } from '../domain/presence.ts'
import { bucketMs } from '../domain/counts.ts'
import { RowsGoneError } from './errors.ts'

export type UniquesSource = 'days' | 'rows'
export type UniqueCount = { count: bigint; source: UniquesSource }

/** A range and filter, and what can answer for them. */
export type UniquesQuestion = TimeBucket & {
  filter: CountFilter
  /** Bitmaps that answer for users; null: only rows can. */
  facet: ActivityFacet | null
  areRowsKept: boolean
}

/** @throws {RowsGoneError} when nothing can answer */
export async function planUniques(
  session: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
): Promise<UniquesQuestion> {
  const isOfDays = range.fromMs % bucketMs.day === 0 && range.toMs % bucketMs.day === 0
  const facet = isOfDays ? facetOf(filter) : null
  const oldest = await readRowsKeptFrom(session)
  const areRowsKept = isKeptSince(oldest, new Date(range.fromMs))
  if (facet !== null || areRowsKept) return { ...range, filter, facet, areRowsKept }
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
  { facet, areRowsKept, filter, ...range }: UniquesQuestion,
): Promise<UniqueCount | null> {
  if (facet !== null && (kind === 'user' || facet.facet === 'all')) {
    const days = { from: dayOf(range.fromMs), to: dayOf(range.toMs) }
    return { count: await readActive(session, kind, facet, days), source: 'days' }
  }
  if (!areRowsKept) return null
  return { count: await readDistinctInRows(session, kind, range, filter), source: 'rows' }
}
