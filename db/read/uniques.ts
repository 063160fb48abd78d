import type { PendingQuery, Row } from 'postgres'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { MemberSet } from '../../domain/member-set.ts'
import type { PresenceKind } from '../../domain/presence.ts'
import { type ActivityFacet, type DayRange, activePieces } from './activity.ts'
import { bytesOf } from './bytes.ts'
import type { CountFilter } from './count-filter.ts'
import { addListed, coverListed, listedSixHours } from './hour-logins.ts'
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
  return await readDistinct(session, kind, [range], filter, [])
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
  return await readDistinct(session, kind, edges, filter, [activePieces(session.sql, kind, facet, days)])
}

/**
 * Who has a login row in the ranges, as it is listed by number, and as it stands where it is not listed yet; and who is in
 * bitmaps. All is asked for at once, so that Postgres works while Node adds.
 * @param bitmaps rows of (chunk, members)
 */
async function readDistinct(
  session: ReadSession,
  kind: PresenceKind,
  ranges: readonly TimeBucket[],
  filter: CountFilter,
  bitmaps: PendingQuery<Row[]>[],
): Promise<bigint> {
  const members = new MemberSet()
  const { sixHours, ...hours } = coverListed(ranges, filter)
  const [unknown] = await Promise.all([
    addUnlisted(members, session, kind, ranges, filter),
    addListed(members, session, kind, hours, filter),
    addBitmaps(members, session, [...bitmaps, ...listedSixHours(session.sql, kind, sixHours)]),
  ])
  return BigInt(members.size + unknown)
}

async function addBitmaps(
  members: MemberSet,
  { sql }: ReadSession,
  bitmaps: PendingQuery<Row[]>[],
): Promise<void> {
  if (bitmaps.length === 0) return
  const pieces = bitmaps.map((rows, place) => (place === 0 ? rows : sql`union all ${rows}`))
  // bit_send says first how many bits there are, in 4 bytes.
  const chunks = await sql<{ chunk: number; bits: string }[]>`
    /* activeBitmaps */
    select chunk, encode(substring(bit_send(bit_or(members)) from 5), 'base64') as bits
    from (${pieces}) as piece
    group by chunk`
  for (const { chunk, bits } of chunks) members.addBits(chunk, bytesOf(bits))
}
