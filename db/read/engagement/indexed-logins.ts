import { coverHours, groupHours, type HourPart } from '../../../domain/engagement/cover-hours.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { MemberSet } from '../../../domain/engagement/member-set.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { bytesOf } from '../bytes.ts'
import { type CountFilter, filteredDimensions, withinFilter } from '../counts/count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/**
 * How many hours one statement reads: up to some megabytes, and other queries get a turn between two
 * statements.
 */
const HOURS_AT_ONCE = 24

/**
 * The pieces that make up ranges: starts of six hours and of hours (UTC, Unix milliseconds), and parts of
 * hours.
 */
type IndexedCover = { sixHours: number[]; hours: number[]; parts: HourPart[] }

/** Splits ranges into the pieces by which logins are indexed. Pieces of six hours cannot be filtered. */
export function coverIndexed(ranges: readonly TimeBucket[], filter: CountFilter): IndexedCover {
  const { whole, parts } = coverHours(ranges)
  if (!isUnfiltered(filter)) return { sixHours: [], hours: whole, parts }
  const { sixHours, single } = groupHours(whole)
  return { sixHours, hours: single, parts }
}

const isUnfiltered = (filter: CountFilter) => filteredDimensions(filter).length === 0

/**
 * Selects who of a kind logged in during the six hours, as rows of (chunk, members): several for a chunk. No
 * query if there are no six hours.
 */
export const indexedSixHours = (sql: Sql, kind: SightingKind, sixHours: readonly number[]) =>
  sixHours.length === 0
    ? []
    : [
        sql`
          select chunk, members from six_hour_member
          where kind = ${kind}::text::engagement_kind and start = any(${sixHours.map(isoTime)}::text[]::timestamptz[])`,
      ]

/** The members found so far, for each kind asked for. */
export type MembersByKind = ReadonlyMap<SightingKind, MemberSet>

/** Adds the members that are indexed in the hours and parts of hours (db/rollups/index-logins.ts). */
export async function addIndexed(
  members: MembersByKind,
  { sql }: ReadSession,
  { hours, parts }: Omit<IndexedCover, 'sixHours'>,
  filter: CountFilter,
): Promise<void> {
  const days = Array.from({ length: Math.ceil(hours.length / HOURS_AT_ONCE) }, (_, i) =>
    hours.slice(i * HOURS_AT_ONCE, (i + 1) * HOURS_AT_ONCE).map(isoTime),
  )
  const add = isUnfiltered(filter) ? addHours : addFilteredHours
  await Promise.all([
    ...days.map((hours) => add(members, sql, hours, filter)),
    ...parts.map((part) => addPart(members, sql, part, filter)),
  ])
}

async function addHours(members: MembersByKind, sql: Sql, hours: string[]): Promise<void> {
  const rows = await sql<{ kind: SightingKind; members: string }[]>`
    /* addHours */
    select kind, encode(members, 'base64') as members from hour_member
    where kind = any(${[...members.keys()]}::text[]::engagement_kind[]) and hour = any(${hours}::text[]::timestamptz[])`
  for (const row of rows) members.get(row.kind)?.addPacked(bytesOf(row.members))
}

/** Numbers of 4 bytes each. A login has the same place in every column. */
type Numbers = Partial<Record<(typeof idTables)[SightingKind]['numbers'], string | null>>

async function addFilteredHours(
  members: MembersByKind,
  sql: Sql,
  hours: string[],
  filter: CountFilter,
): Promise<void> {
  const [row] = await sql<Numbers[]>`
    /* addFilteredHours */
    select ${numbersOf(sql, members)}
    from hour_login
    where hour = any(${hours}::text[]::timestamptz[]) ${withinFilter(sql, filter)}`
  for (const [kind, set] of members) set.addNumbers(bytesOf(row?.[idTables[kind].numbers]))
}

async function addPart(members: MembersByKind, sql: Sql, part: HourPart, filter: CountFilter): Promise<void> {
  const [row] = await sql<(Numbers & { minutes: string | null })[]>`
    /* addPart */
    select ${numbersOf(sql, members)}, encode(string_agg(minutes, ''::bytea), 'base64') as minutes
    from hour_login
    where hour = ${isoTime(part.startMs)}::text::timestamptz ${withinFilter(sql, filter)}`
  const minutes = bytesOf(row?.minutes)
  for (const [kind, set] of members)
    set.addNumbers(bytesOf(row?.[idTables[kind].numbers]), minutes, part.from, part.to)
}

const numbersOf = (sql: Sql, members: MembersByKind) =>
  sql.unsafe(
    Array.from(members.keys(), (kind) => idTables[kind].numbers)
      .map((name) => `encode(string_agg(${name}, ''::bytea), 'base64') as ${name}`)
      .join(', '),
  )
