import type { CohortCell } from '../../../domain/engagement/retention.ts'
import { cutsOf, firstDaysOf } from '../../../domain/engagement/cover-days.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { activeIn, type CohortKind, type CohortLimits, firstSeen, type TooMany } from './cohort-bitmaps.ts'
import { readCohortsWithEdges } from './cohorts-with-edges.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * Counts how many users of the cohort of each span were active in it and in each span since. Where spans cut
 * days of UTC, the lists by hour of these days must be kept (kept-lists.ts).
 * @param spans in order of time
 * @returns in place of cells, what there would be too much of
 */
export async function readCohortCells(
  session: ReadSession,
  spans: readonly TimeBucket[],
  kind: CohortKind,
  limits: CohortLimits,
): Promise<CohortCell[] | TooMany> {
  const areWholeDays = spans.every((span) => cutsOf(span).length === 0)
  return await (areWholeDays ? readByDays : readCohortsWithEdges)(session, spans, kind, limits)
}

/** Counts within Postgres: a statement, and no bitmap is sent. */
async function readByDays(
  { sql }: ReadSession,
  spans: readonly TimeBucket[],
  kind: CohortKind,
  { cells: most }: CohortLimits,
): Promise<CohortCell[] | TooMany> {
  const days = spans.map(firstDaysOf)
  const cells = await sql<CohortCell[]>`
    /* readByDays */
    with cohort as materialized (
      select place, value, chunk, bit_or(members) as members from (${firstSeen(sql, days, kind)}) as first group by place, value, chunk
    ), active as materialized (
      select place, chunk, bit_or(members) as members from (${activeIn(sql, days, kind.attempts)}) as held
      where chunk in (select chunk from cohort) group by place, chunk
    ), cell as (
      select cohort.place, value, active.place as active_in, bit_count(cohort.members & active.members) as users
      from cohort join active on active.chunk = cohort.chunk and active.place >= cohort.place
      offset 0
    )
    select place as cohort, value, active_in as "activeIn", sum(users)::bigint as users
    from cell group by place, value, active_in having sum(users) > 0
    limit ${most + 1}`
  return cells.length > most ? 'cells' : cells
}
