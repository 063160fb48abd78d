import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { readBinary } from '../binary-rows.ts'
import { withinSetFilter } from '../counts/set-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { type ListQuestion, listsOf, type Numbers, numbersOf } from './list-columns.ts'
import type { SetQuestion } from './set-cells.ts'
import { ofAttempts } from './set-facets.ts'
import { groupColumns, groupNames, type GroupValues } from './set-groups.ts'

type Sql = ReadSession['sql']

/** Who was active in whole hours, packed. */
export const membersOfHours = (
  sql: Sql,
  kinds: readonly SightingKind[],
  { attempts }: SetQuestion['filter'],
  hours: Hours,
) =>
  readBinary<{ kind: SightingKind; at: number; numbers: Buffer }>(
    sql,
    'membersOfHours',
    sql`
  select kind::text as kind, (extract(epoch from hour) * 1000)::float8 as at, members as numbers from hour_member
  where kind = any(${[...kinds]}::text[]::engagement_kind[]) and ${isOneOf(sql, hours)} and ${ofAttempts(sql, attempts)}`,
  )

/** Lists of whole hours, by group and run: a week by many groups has a fraction of the lists that its hours have. */
export const loginsOfHourRuns = (
  sql: Sql,
  kinds: readonly SightingKind[],
  { by, filter }: ListQuestion,
  { slice, runs }: { slice: Hours; runs: Hours },
) =>
  readBinary<GroupValues & Numbers & { run: number; listed: number }>(
    sql,
    'loginsOfHourRuns',
    sql`
  select ${groupColumns(sql, by)} ${runs.length === 1 ? sql`1` : runOf(sql, runs)} as run, ${numbersOf(sql, kinds)} sum(octet_length(minutes))::integer as listed
  from hour_login
  where ${isOneOf(sql, slice)} ${withinSetFilter(sql, filter)}
  group by ${groupNames(sql, by)} run`,
  )

/** The place of the run of an hour, from 1 on. The subquery has the texts read once, and not for each row. */
const runOf = (sql: Sql, runs: Hours) =>
  sql`width_bucket(hour, (select ${runs.map(startOf)}::text[]::timestamptz[]))`

/** Lists of hours, with the minute of each login. */
export const loginsOfParts = (
  sql: Sql,
  kinds: readonly SightingKind[],
  { by, filter }: ListQuestion,
  hours: Hours,
) =>
  readBinary<GroupValues & Numbers & { at: number; minutes: Buffer }>(
    sql,
    'loginsOfParts',
    sql`
  select ${groupColumns(sql, by)} (extract(epoch from hour) * 1000)::float8 as at, ${numbersOf(sql, kinds)}
         ${listsOf(sql, 'minutes')}
  from hour_login
  where ${isOneOf(sql, hours)} ${withinSetFilter(sql, filter)}
  group by ${groupNames(sql, by)} hour`,
  )

type Hours = readonly { startMs: number }[]

const startOf = ({ startMs }: { startMs: number }): string => isoTime(startMs)

const isOneOf = (sql: Sql, hours: Hours) => sql`hour = any(${hours.map(startOf)}::text[]::timestamptz[])`
