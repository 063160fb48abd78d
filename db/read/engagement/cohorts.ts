import { isoDay, type Period } from '../../../domain/time/period.ts'
import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** How many users of a cohort were active in a period. `value` is null if cohorts are not split by value. */
type CohortCell = { cohort: Date; value: string | null; active_in: Date; users: bigint }

/**
 * Counts how many users of the cohorts of some periods were active in each of these periods. Ordered by
 * cohort, value and period; cells without users are absent. The first cell of a cohort has all its users.
 * @param by null: a cohort is all users whose first day lies in the period. Otherwise it is split by the
 *   values of this dimension that the users' logins had on their first day
 * @param starts first days of the periods, in days since 1970-01-01
 */
export async function readCohorts(
  { sql }: ReadSession,
  period: Period,
  starts: number[],
  by: DimensionName | null,
  limit: number,
): Promise<CohortCell[]> {
  const days = starts.map(isoDay)
  const cohorts = by === null ? byFirstDay(sql, period, days) : byValueOfFirstDay(sql, period, days, by)
  return await sql<CohortCell[]>`
    /* readCohorts */
    with cohort as materialized (${cohorts}),
    active as materialized (
      select start, chunk, ${unpacked(sql)} from engagement
      where kind = 'user' and period = ${period}::text::engagement_period and facet = 'all' and value = ''
        and start = any(${days}::text[]::date[]) and chunk in (select chunk from cohort)
    ), cell as (
      select cohort.start as cohort, value, active.start as active_in, bit_count(cohort.members & active.members) as users
      from cohort join active on active.chunk = cohort.chunk and active.start >= cohort.start
      offset 0
    )
    select cohort::timestamptz as cohort, value, active_in::timestamptz as active_in, sum(users)::bigint as users
    from cell
    group by cell.cohort, value, cell.active_in
    having sum(users) > 0
    order by cell.cohort, value collate "C", cell.active_in
    limit ${limit}`
}

const byFirstDay = (sql: Sql, period: Period, days: string[]) => sql`
  select start, null::text as value, chunk, members from engagement
  where kind = 'user' and period = ${period}::text::engagement_period and facet = 'first' and value = ''
    and start = any(${days}::text[]::date[])`

const byValueOfFirstDay = (sql: Sql, period: Period, days: string[], by: DimensionName) => sql`
  select date_trunc(${period}, first.start)::date as start, used.value, chunk, bit_or(first.members & used.members) as members
  from (
    select start, chunk, ${unpacked(sql)} from engagement
    where kind = 'user' and period = 'day' and facet = 'first' and value = ''
      and date_trunc(${period}, start)::date = any(${days}::text[]::date[]) and start >= ${days[0] ?? ''}::text::date
    offset 0
  ) as first
  join engagement used using (start, chunk)
  where used.kind = 'user' and used.period = 'day' and used.facet = ${by}::text::engagement_facet
  group by 1, 2, 3`

/** Decompresses bitmaps that are compared with several others: the result of "&" is not compressed. */
const unpacked = (sql: Sql) => sql`members & members as members`
