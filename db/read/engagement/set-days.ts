import { CHUNK_BITS } from '../../../domain/engagement/bitmap.ts'
import { coverDays, isoDay, type DayRange, type PeriodStart } from '../../../domain/time/period.ts'
import type { GroupName } from '../../../domain/counts/dimensions.ts'
import { type AttemptKind, halvesOf } from '../../../domain/sightings/attempts.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { SetQuestion } from './set-cells.ts'
import { firstOf, ofAttempts, type SetFacet } from './set-facets.ts'
import { facetColumns, groupNames, type GroupValues } from './set-groups.ts'

type Sql = ReadSession['sql']

/** Days, and the number that stands for them. */
export type NumberedDays = DayRange & { number: number }

/** A period that is a part of days with a number. */
export type NumberedPeriod = PeriodStart & { number: number }

/** Members of a group in a span or cell. */
export type GroupCount = { values: GroupValues; number: number; members: number }

/** The periods that days are made of, as few as possible. */
export const periodsOfDays = (days: readonly NumberedDays[]): NumberedPeriod[] =>
  days.flatMap(({ number, from, to }) => coverDays(from, to).map((period) => ({ number, ...period })))

/**
 * Selects the bitmaps of periods as rows of (number, the start of the period, the columns of the groups, chunk, members):
 * several for a number, group and chunk.
 */
export const bitmapsOfPeriods = (
  sql: Sql,
  kind: SightingKind,
  { facet, values, attempts }: SetFacet,
  by: readonly GroupName[],
  periods: readonly NumberedPeriod[],
) => sql`
  select asked.number, asked.start, ${facetColumns(sql, by)} chunk, members
  from unnest(${periods.map(({ number }) => number)}::integer[], ${periods.map(({ period }) => period)}::text[],
              ${periods.map(({ start }) => isoDay(start))}::text[]::date[]) as asked (number, period, start)
  -- Not a join: Postgres does not know how the columns depend on each other, and would read all periods of the facet.
  cross join lateral (
    select value, chunk, members from engagement
    where kind = ${kind}::text::engagement_kind and period = asked.period::engagement_period
      and facet = ${facet}::text::engagement_facet and ${attemptsOf(sql, facet, attempts)}
      ${values === null ? sql`` : sql`and value = any(${values}::text[])`} and start = asked.start
    offset 0
  ) as held`

/** Who was seen first is no union of the halves. */
const attemptsOf = (sql: Sql, facet: SetFacet['facet'], attempts: AttemptKind) =>
  facet === 'first' ? sql`attempts = ${attempts}::text::engagement_attempts` : ofAttempts(sql, attempts)

/**
 * Counts who was active on at least one of some days, for many such days at once, inside Postgres; of a question about new
 * members, those whose first day is one of them.
 * @param most how many bitmaps may be read
 * @returns null when there are more
 */
export async function countByDays(
  session: ReadSession,
  { kind, by, areNew }: SetQuestion,
  facet: SetFacet,
  days: readonly NumberedDays[],
  most: number,
): Promise<GroupCount[] | null> {
  if (days.length === 0) return []
  const { sql } = session
  const periods = periodsOfDays(days)
  if (!(await areAtMost(session, kind, facet, periods, most))) return null
  const names = groupNames(sql, by)
  // Whoever is new was active, too.
  const areAll = areNew && facet.facet === 'all'
  const active = sql`
    select number, ${names} chunk, bit_or(members) as members
    from (${bitmapsOfPeriods(sql, kind, areAll ? firstOf(facet.attempts) : facet, by, periods)}) as piece
    group by number, ${names} chunk`
  const isJoined = areNew && !areAll
  const first = sql`
    select number, chunk, bit_or(members) as first_members
    from (${bitmapsOfPeriods(sql, kind, firstOf(facet.attempts), [], periods)}) as piece
    group by number, chunk`
  const rows = await sql<(GroupValues & { number: number; members: number })[]>`
    /* countByDays */
    select number, ${names} sum(bit_count(${isJoined ? sql`members & first_members` : sql`members`}))::float8 as members
    from (${active}) as active
    ${isJoined ? sql`join (${first}) as first using (number, chunk)` : sql``}
    group by ${names} number`
  return rows.map(({ number, members, ...values }) => ({ values, number, members }))
}

/** Whether periods have so many bitmaps at most. They are counted only where there might be more. */
async function areAtMost(
  session: ReadSession,
  kind: SightingKind,
  facet: SetFacet,
  periods: readonly NumberedPeriod[],
  most: number,
): Promise<boolean> {
  const { sql } = session
  const chunks = Math.ceil((await readMembers(session, kind)) / CHUNK_BITS)
  const values = facet.values?.length ?? Infinity
  if (periods.length * chunks * values * halvesOf(facet.attempts).length <= most) return true
  const [row] = await sql<{ bitmaps: number }[]>`
    /* areAtMost */
    select count(*)::integer as bitmaps
    from (select from (${bitmapsOfPeriods(sql, kind, facet, [], periods)}) as piece limit ${most + 1}) as bitmap`
  return (row?.bitmaps ?? 0) <= most
}

/** Reads on which days (since 1970-01-01) somebody was active, by value. */
export async function readDaysWithAny(
  { sql }: ReadSession,
  kind: SightingKind,
  { facet, values, attempts }: SetFacet,
  { from, to }: DayRange,
): Promise<Map<string, number[]>> {
  const rows = await sql<{ value: string; days: number[] }[]>`
    /* readDaysWithAny */
    select value, array_agg(distinct start - date '1970-01-01') as days from engagement
    where kind = ${kind}::text::engagement_kind and period = 'day' and facet = ${facet}::text::engagement_facet
      and ${attemptsOf(sql, facet, attempts)} ${values === null ? sql`` : sql`and value = any(${values}::text[])`}
      and start >= ${isoDay(from)}::text::date and start < ${isoDay(to)}::text::date
    group by value`
  return new Map(rows.map(({ value, days }) => [value, days]))
}

/** How many of a kind have a number. */
export async function readMembers({ sql }: ReadSession, kind: SightingKind): Promise<number> {
  const [row] = await sql<{ members: number }[]>`
    /* readMembers */ select members from engagement_kind_size where kind = ${kind}::text::engagement_kind`
  return row?.members ?? 0
}
