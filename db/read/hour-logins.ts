import { coverHours, groupHours, type HourPart } from '../../domain/cover-hours.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { isoTime } from '../../domain/iso-time.ts'
import type { MemberSet } from '../../domain/member-set.ts'
import type { PresenceKind } from '../../domain/presence.ts'
import { dictionaries } from '../dictionaries.ts'
import { bytesOf } from './bytes.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

/** Hours that one statement reads: up to some megabytes, and others are heard between two. */
const HOURS_AT_ONCE = 24

/** Starts of hours and six hours (UTC, Unix milliseconds) and parts of hours. */
export type ListedCover = { sixHours: number[]; hours: number[]; parts: HourPart[] }

/** Where those are listed who have a login in the ranges. Six hours know no dimensions. */
export function coverListed(ranges: readonly TimeBucket[], filter: CountFilter): ListedCover {
  const { whole, parts } = coverHours(ranges)
  if (!isUnfiltered(filter)) return { sixHours: [], hours: whole, parts }
  const { sixHours, single } = groupHours(whole)
  return { sixHours, hours: single, parts }
}

const isUnfiltered = (filter: CountFilter) => filteredDimensions(filter).length === 0

/** Rows of (chunk, members), several of a chunk: who of a kind is listed in the six hours; nothing to ask for without any. */
export const listedSixHours = (sql: Sql, kind: PresenceKind, sixHours: readonly number[]) =>
  sixHours.length === 0
    ? []
    : [
        sql`
          select chunk, members from six_hour_member
          where kind = ${kind}::text::activity_kind and start = any(${sixHours.map(isoTime)}::text[]::timestamptz[])`,
      ]

/** Adds who of a kind is listed in the hours and parts (db/list-logins.ts). */
export async function addListed(
  members: MemberSet,
  { sql }: ReadSession,
  kind: PresenceKind,
  { hours, parts }: Omit<ListedCover, 'sixHours'>,
  filter: CountFilter,
): Promise<void> {
  const days = Array.from({ length: Math.ceil(hours.length / HOURS_AT_ONCE) }, (_, i) =>
    hours.slice(i * HOURS_AT_ONCE, (i + 1) * HOURS_AT_ONCE).map(isoTime),
  )
  const add = isUnfiltered(filter) ? addHours : addFilteredHours
  await Promise.all([
    ...days.map((hours) => add(members, sql, kind, hours, filter)),
    ...parts.map((part) => addPart(members, sql, kind, part, filter)),
  ])
}

async function addHours(members: MemberSet, sql: Sql, kind: PresenceKind, hours: string[]): Promise<void> {
  const rows = await sql<{ members: string }[]>`
    /* hourMembers */
    select encode(members, 'base64') as members from hour_member
    where kind = ${kind}::text::activity_kind and hour = any(${hours}::text[]::timestamptz[])`
  for (const row of rows) members.addPacked(bytesOf(row.members))
}

async function addFilteredHours(
  members: MemberSet,
  sql: Sql,
  kind: PresenceKind,
  hours: string[],
  filter: CountFilter,
): Promise<void> {
  const [row] = await sql<{ numbers: string | null }[]>`
    /* hourLogins */
    select encode(string_agg(${sql(dictionaries[kind].numbers)}, ''::bytea), 'base64') as numbers
    from hour_login
    where hour = any(${hours}::text[]::timestamptz[]) ${withinFilter(sql, filter)}`
  members.addNumbers(bytesOf(row?.numbers))
}

async function addPart(
  members: MemberSet,
  sql: Sql,
  kind: PresenceKind,
  part: HourPart,
  filter: CountFilter,
): Promise<void> {
  const [row] = await sql<{ numbers: string | null; minutes: string | null }[]>`
    /* hourPart */
    select encode(string_agg(${sql(dictionaries[kind].numbers)}, ''::bytea), 'base64') as numbers,
           encode(string_agg(minutes, ''::bytea), 'base64') as minutes
    from hour_login
    where hour = ${isoTime(part.startMs)}::text::timestamptz ${withinFilter(sql, filter)}`
  members.addNumbers(bytesOf(row?.numbers), bytesOf(row?.minutes), part.from, part.to)
}
