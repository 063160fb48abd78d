import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { MemberSet } from '../../domain/member-set.ts'
import type { PresenceKind } from '../../domain/presence.ts'
import { type ActivityFacet, type DayRange, activeMembers } from './activity.ts'
import { bytesOf } from './bytes.ts'
import type { CountFilter } from './count-filter.ts'
import { addListed } from './hour-logins.ts'
import { readOldestLoginDay } from './login-days.ts'
import type { ReadSession } from './snapshot.ts'
import { addUnlisted } from './unlisted-logins.ts'

/** Start of the oldest day with login rows, which stays until the session ends; null: none are kept. */
export async function readRowsKeptFrom({ sql }: ReadSession): Promise<Date | null> {
  await sql`/* holdLogins */ select from login limit 0`
  return await readOldestLoginDay(sql)
}

/** How many of a kind the login rows of a range have; the rows must be kept (db/read/login-days.ts). */
export async function readDistinctInRows(
  session: ReadSession,
  kind: PresenceKind,
  range: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const members = new MemberSet()
  const unknown = await addRows(members, session, kind, [range], filter)
  return BigInt(members.size + unknown)
}

/**
 * How many of a kind were active on whole days, of which there are bitmaps, or in what a range has beside them. The rows of the
 * edges must be kept.
 */
export async function readDistinctWithEdges(
  session: ReadSession,
  kind: PresenceKind,
  facet: ActivityFacet,
  { days, edges }: { days: DayRange; edges: readonly TimeBucket[] },
  filter: CountFilter,
): Promise<bigint> {
  const members = new MemberSet()
  const [unknown] = await Promise.all([
    addRows(members, session, kind, edges, filter),
    addDays(members, session, kind, facet, days),
  ])
  return BigInt(members.size + unknown)
}

/**
 * Adds who has a login row in the ranges: as it is listed by number, and as it stands where it is not listed yet. All is asked
 * for at once, so that Postgres works while Node adds.
 * @returns how many have no number
 */
async function addRows(
  members: MemberSet,
  session: ReadSession,
  kind: PresenceKind,
  ranges: readonly TimeBucket[],
  filter: CountFilter,
): Promise<number> {
  const [unknown] = await Promise.all([
    addUnlisted(members, session, kind, ranges, filter),
    addListed(members, session, kind, ranges, filter),
  ])
  return unknown
}

async function addDays(
  members: MemberSet,
  { sql }: ReadSession,
  kind: PresenceKind,
  facet: ActivityFacet,
  days: DayRange,
): Promise<void> {
  // bit_send says first how many bits there are, in 4 bytes.
  const chunks = await sql<{ chunk: number; bits: string }[]>`
    /* wholeDays */
    select chunk, encode(substring(bit_send(members) from 5), 'base64') as bits
    from (${activeMembers(sql, kind, facet, days)}) as active`
  for (const { chunk, bits } of chunks) members.addBits(chunk, bytesOf(bits))
}
