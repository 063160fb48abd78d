import { isoDay, type Period } from '../../domain/period.ts'
import type { ReadSession } from './snapshot.ts'

export type CohortDimension = 'app_version' | 'device_type'

/** Users of a cohort that were active in a period; `value` null: the cohort is of all values. */
export type CohortCell = { cohort: Date; value: string | null; active_in: Date; users: bigint }

/**
 * For the cohorts of some periods how many of them were active in each of these periods, in order of cohort, value and
 * period; cells without users are absent. The first period of a cohort is all of it.
 * @param by null: cohorts are all users whose first day lies in the period; else those of them with a login of the value on
 *   their first day
 * @param starts first days of the periods, in days since 1970-01-01
 */
export async function readCohorts(
  { sql }: ReadSession,
  period: Period,
  starts: number[],
  by: CohortDimension | null,
  limit: number,
): Promise<CohortCell[]> {
  const days = starts.map(isoDay)
  const cohorts =
    by === null
      ? sql`
        select start, null::text as value, chunk, members from activity
        where kind = 'user' and period = ${period}::text::activity_period and facet = 'first' and value = ''
          and start = any(${days}::text[]::date[])`
      : sql`
        select date_trunc(${period}, first.start)::date as start, used.value, chunk,
               bit_or(first.members & used.members) as members
        from activity first
        join activity used using (kind, period, start, chunk)
        where kind = 'user' and period = 'day' and first.facet = 'first' and first.value = ''
          and used.facet = ${by}::text::activity_facet
          and date_trunc(${period}, first.start)::date = any(${days}::text[]::date[])
          and first.start >= ${days[0] ?? ''}::text::date
        group by 1, 2, 3`
  return await sql<CohortCell[]>`
    /* cohorts */
    with cohort as materialized (${cohorts})
    select cohort.start::timestamptz as cohort, cohort.value, active.start::timestamptz as active_in,
           sum(bit_count(cohort.members & active.members))::bigint as users
    from cohort
    join activity active on active.kind = 'user' and active.period = ${period}::text::activity_period
      and active.facet = 'all' and active.value = '' and active.chunk = cohort.chunk
      and active.start = any(${days}::text[]::date[]) and active.start >= cohort.start
    group by cohort.start, cohort.value, active.start
    having sum(bit_count(cohort.members & active.members)) > 0
    order by cohort.start, cohort.value collate "C", active.start
    limit ${limit}`
}
