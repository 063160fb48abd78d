import type { MadeSpan } from '../../../domain/engagement/set-sources.ts'
import { type DayRange, isoDay } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { SetQuestion } from './set-cells.ts'
import type { GroupCount } from './set-days.ts'
import type { SetFacet } from './set-facets.ts'
import { facetColumns, type GroupValues } from './set-groups.ts'
import { waitingBatches } from './waiting-batches.ts'

/** Days (since 1970-01-01) whose spans are made, and whether they say who is new, too. */
export type MadeDays = ReadonlyMap<number, boolean>

/**
 * Reads the days whose spans say all that the lists by hour do: they are made since the day changed last, and no batch with
 * events of the day waits to be listed. Who is new is known of them unless a batch with events of an earlier day waits.
 */
export async function readMadeDays({ sql }: ReadSession, { from, to }: DayRange): Promise<MadeDays> {
  const rows = await sql<{ day: number; are_new_known: boolean }[]>`
    /* readMadeDays */
    with waiting as materialized (
      select first_event_at as first, last_event_at as last from (${waitingBatches(sql)}) as batches
      where first_event_at < ${isoDay(to)}::text::timestamptz
    )
    select day - date '1970-01-01' as day,
           not exists (select from waiting where first < day::timestamp at time zone 'UTC') as are_new_known
    from span_day
    where day >= ${isoDay(from)}::text::date and day < ${isoDay(to)}::text::date and made = changes
      and not exists (select from waiting
                      where first < (day + 1)::timestamp at time zone 'UTC' and last >= day::timestamp at time zone 'UTC')`
  return new Map(rows.map(({ day, are_new_known: areNewKnown }) => [day, areNewKnown]))
}

/** Members of a made span, and the value of the facet that it was made for. */
export type MadeCount = GroupCount & { value: string }

/** Looks made spans up. A value of few logins has none, and who was new is not known of the oldest (db/rollups/make-active-spans.ts). */
export async function readMadeSpans(
  { sql }: ReadSession,
  { by, areNew }: SetQuestion,
  { facet, values }: SetFacet,
  spans: readonly (MadeSpan & { number: number })[],
): Promise<MadeCount[]> {
  const counts = areNew ? sql`new_users` : sql`active`
  const rows = await sql<(GroupValues & { number: number; made_for: string; members: number })[]>`
    /* readMadeSpans */
    select asked.number, value as made_for, ${facetColumns(sql, by)} ${counts}[asked.quarter + 1] as members
    from unnest(${spans.map(({ number }) => number)}::integer[], ${spans.map(({ days }) => days)}::smallint[],
                ${spans.map(({ day }) => isoDay(day))}::text[]::date[], ${spans.map(({ quarter }) => quarter)}::integer[])
      as asked (number, days, day, quarter)
    join active_span as held
      on facet = ${facet}::text::engagement_facet ${values === null ? sql`` : sql`and value = any(${values}::text[])`}
         and held.days = asked.days and held.day = asked.day and ${counts} is not null`
  return rows.map(({ number, made_for: value, members, ...values }) => ({ values, number, value, members }))
}
