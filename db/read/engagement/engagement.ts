import { type Dimension, type DimensionName, dimensions } from '../../../domain/counts/dimensions.ts'
import type { Period, PeriodStart } from '../../../domain/time/period.ts'
import { coverDays, isoDay } from '../../../domain/time/period.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { usRegionLocales, usRegionOf } from '../../../domain/fields/us-region.ts'
import type { CountFilter } from '../counts/count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Which bitmaps to read: those of all logins, or those of some values of one dimension. */
export type EngagementFacet = { facet: 'all' | DimensionName; values: string[] }

/** The bitmaps that answer for a filter. Null: it has several dimensions, or one that has no bitmaps. */
export function facetOf(filter: CountFilter): EngagementFacet | null {
  const asked = dimensions.flatMap((dimension) => {
    const values = valuesOf(dimension, filter)
    return values === null ? [] : [{ ...dimension, values }]
  })
  const [one, another] = asked
  if (one === undefined) return { facet: 'all', values: [''] }
  if (another !== undefined || !one.isFacet || one.values === 'too many') return null
  return { facet: one.name, values: [...new Set(one.values)] }
}

const valuesOf = ({ name, list }: Dimension, filter: CountFilter): string[] | null | 'too many' =>
  name === 'locale' ? localesOf(filter) : filter[list]

/**
 * The locales of a filter. A region stands for its locales; those outside all regions are too many to list.
 */
function localesOf({ locales, usRegions }: CountFilter): string[] | null | 'too many' {
  if (usRegions === null) return locales
  if (locales !== null) return locales.filter((locale) => usRegions.includes(usRegionOf(locale)))
  if (usRegions.includes('other')) return 'too many'
  return [...usRegionLocales.keys()].filter((locale) => usRegions.includes(usRegionOf(locale)))
}

/** Days since 1970-01-01, `from` included and `to` not. */
export type DayRange = { from: number; to: number }

/**
 * Selects who of a kind was active on at least one of the days, as rows of (chunk, members): several for a
 * chunk.
 */
export const activePieces = (
  sql: Sql,
  kind: SightingKind,
  { facet, values }: EngagementFacet,
  { from, to }: DayRange,
) => sql`
  select chunk, members
  from (${pieces(sql, coverDays(from, to))}) as piece
  -- Not a join: Postgres does not know how the columns depend on each other, and would read all periods of the facet.
  cross join lateral (
    select chunk, members from engagement
    where kind = ${kind}::text::engagement_kind and engagement.period = piece.period
      and facet = ${facet}::text::engagement_facet and value = any(${values}::text[]) and engagement.start = piece.start
    offset 0
  ) as held`

/** Counts how many of a kind were active on at least one of the days. */
export async function readActive(
  { sql }: ReadSession,
  kind: SightingKind,
  facet: EngagementFacet,
  days: DayRange,
): Promise<bigint> {
  const [row] = await sql<{ members: bigint }[]>`
    /* readActive */
    select coalesce(sum(bit_count(members)), 0)::bigint as members
    from (
      select bit_or(members) as members from (${activePieces(sql, kind, facet, days)}) as piece group by chunk
    ) as active`
  return row?.members ?? 0n
}

/**
 * The first day of a period and its users, as ActiveUsers (api/schema/analytics/active-users.ts) defines
 * them.
 */
export type ActiveUsersRow = {
  start: Date
  active: bigint
  new_users: bigint
  returning_users: bigint
  /** Users active in the period before. */
  before: bigint
}

/**
 * Reads the active users of periods, in order. Takes the counts that are made already, and makes the others
 * from the bitmaps of the period and of the one before.
 * @param starts first days of the periods without gaps (days since 1970-01-01), preceded by that of the
 *   period before the first
 */
export async function readActiveUsers(
  { sql }: ReadSession,
  facet: EngagementFacet,
  period: Period,
  starts: number[],
): Promise<ActiveUsersRow[]> {
  return await sql<ActiveUsersRow[]>`
    /* readActiveUsers */
    with periods as (
      select start, lag(start) over (order by start) as previous, lead(start) over (order by start) as next
      from unnest(${starts.map(isoDay)}::text[]::date[]) as given (start)
    ), made as (${madeCounts(sql, facet, period)}),
    uncounted as (
      select start, previous from periods where not exists (select from made where made.start = periods.start)
    ), active as (
      select start, chunk, bit_or(members) as members
      from engagement
      where kind = 'user' and period = ${period}::text::engagement_period
        and facet = ${facet.facet}::text::engagement_facet and value = any(${facet.values}::text[])
        and start = any(array(select start from uncounted union select previous from uncounted))
      group by start, chunk
    ), counted as (
      select held.start, sum(bit_count(held.members)) as active,
             sum(bit_count(held.members & before.members)) as returning_users,
             sum(bit_count(held.members & first.members)) as new_users
      from uncounted
      join active held using (start)
      left join active before on before.start = uncounted.previous and before.chunk = held.chunk
      left join engagement first on first.kind = 'user' and first.period = ${period}::text::engagement_period
        and first.facet = 'first' and first.value = '' and first.start = held.start and first.chunk = held.chunk
      group by held.start
    ), counts as (
      select start, active, new_users, returning_users from made
      union all
      select start, active, new_users, returning_users from counted
    )
    select periods.start::timestamptz as start, coalesce(counts.active, 0)::bigint as active,
           coalesce(counts.new_users, 0)::bigint as new_users, coalesce(counts.returning_users, 0)::bigint as returning_users,
           coalesce(held.active, 0)::bigint as before
    from periods
    left join counts on counts.start = periods.start
    left join counts held on held.start = periods.previous
    where previous is not null
    order by periods.start`
}

/** Selects counts that are made already. For several values there are none, because they may share users. */
const madeCounts = (sql: Sql, { facet, values }: EngagementFacet, period: Period) => sql`
  select start, active, new_users, returning_users
  from active_user_count
  where period = ${period}::text::engagement_period and start in (select start from periods)
    and facet = ${facet}::text::engagement_facet and value = ${values[0] ?? ''} and active is not null
    and ${values.length === 1}`

/** The mean number of users active on a day of [from, to). Days without users count as 0. */
export async function readMeanDailyActive(
  { sql }: ReadSession,
  facet: EngagementFacet,
  { from, to }: { from: number; to: number },
): Promise<number> {
  const days = Array.from({ length: to - from }, (_, i) => isoDay(from + i))
  const [row] = await sql<{ mean: number }[]>`
    /* readMeanDailyActive */
    with periods as (
      select start from unnest(${days}::text[]::date[]) as given (start)
    ), made as (${madeCounts(sql, facet, 'day')}),
    counted as (
      select bit_count(bit_or(members)) as active
      from engagement
      where kind = 'user' and period = 'day' and facet = ${facet.facet}::text::engagement_facet
        and value = any(${facet.values}::text[])
        and start = any(array(select start from periods except select start from made))
      group by start, chunk
    )
    select (coalesce(sum(active), 0) / ${days.length}::integer)::float8 as mean
    from (select active from made union all select active from counted) as counts`
  return row?.mean ?? 0
}

const pieces = (sql: Sql, cover: PeriodStart[]) => sql`
  select period::engagement_period, start
  from unnest(${cover.map(({ period }) => period)}::text[],
              ${cover.map(({ start }) => isoDay(start))}::text[]::date[]) as piece (period, start)`
