import type { PendingQuery, Row } from 'postgres'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { MemberSet } from '../../../domain/engagement/member-set.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { type EngagementFacet, type DayRange, activePieces } from './engagement.ts'
import { bytesOf } from '../bytes.ts'
import type { CountFilter } from '../counts/count-filter.ts'
import { addIndexed, coverIndexed, indexedSixHours } from './indexed-logins.ts'
import { readEndOfLoginDays } from '../rows/login-days.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { addUnindexed } from './unindexed-logins.ts'

/** How many different users, devices or addresses there are, by kind. */
type DistinctCounts = Map<SightingKind, bigint>

/**
 * Counts the distinct members of a range by its login rows, which must be kept (db/read/rows/login-days.ts).
 */
export async function readDistinctInRows(
  session: ReadSession,
  kinds: readonly SightingKind[],
  range: TimeBucket,
  filter: CountFilter,
): Promise<DistinctCounts> {
  const end = await readEndOfLoginDays(session.sql)
  // Hours are looked up one by one, so those after the last day with rows are left out.
  const held = { ...range, toMs: Math.min(range.toMs, end?.getTime() ?? range.fromMs) }
  return await readDistinct(session, kinds, [held], filter, () => [])
}

/**
 * Counts the distinct members of a range: by bitmaps on its whole days, and by login rows at its edges, which
 * must be kept.
 */
export async function readDistinctWithEdges(
  session: ReadSession,
  kinds: readonly SightingKind[],
  facet: EngagementFacet,
  { days, edges }: { days: DayRange; edges: readonly TimeBucket[] },
  filter: CountFilter,
): Promise<DistinctCounts> {
  const ofDays = (kind: SightingKind) => [activePieces(session.sql, kind, facet, days)]
  return await readDistinct(session, kinds, edges, filter, ofDays)
}

/**
 * Counts who has a login row in the ranges (by the index of logins, and by the rows of batches that are not
 * indexed yet) or is in the bitmaps. Sends all queries at once, so that Postgres works while Node adds up;
 * where one row has all kinds, one query reads them.
 * @param bitmaps returns queries for a kind, each with rows of (chunk, members)
 */
async function readDistinct(
  session: ReadSession,
  kinds: readonly SightingKind[],
  ranges: readonly TimeBucket[],
  filter: CountFilter,
  bitmaps: (kind: SightingKind) => PendingQuery<Row[]>[],
): Promise<DistinctCounts> {
  if (kinds.length === 0) return new Map()
  const members = new Map(kinds.map((kind) => [kind, new MemberSet()]))
  const { sixHours, ...hours } = coverIndexed(ranges, filter)
  const [unknown] = await Promise.all([
    addUnindexed(members, session, ranges, filter),
    addIndexed(members, session, hours, filter),
    ...Array.from(members, ([kind, set]) =>
      addBitmaps(set, session, [...bitmaps(kind), ...indexedSixHours(session.sql, kind, sixHours)]),
    ),
  ])
  return new Map(Array.from(members, ([kind, set]) => [kind, BigInt(set.size + (unknown.get(kind) ?? 0))]))
}

async function addBitmaps(
  members: MemberSet,
  { sql }: ReadSession,
  bitmaps: PendingQuery<Row[]>[],
): Promise<void> {
  if (bitmaps.length === 0) return
  const pieces = bitmaps.map((rows, place) => (place === 0 ? rows : sql`union all ${rows}`))
  // bit_send begins with the number of bits, in 4 bytes.
  const chunks = await sql<{ chunk: number; bits: string }[]>`
    /* addBitmaps */
    select chunk, encode(substring(bit_send(bit_or(members)) from 5), 'base64') as bits
    from (${pieces}) as piece
    group by chunk`
  for (const { chunk, bits } of chunks) members.addBits(chunk, bytesOf(bits))
}
