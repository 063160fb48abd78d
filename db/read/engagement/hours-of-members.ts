import { hasAnyOf, numberList } from '../../../domain/engagement/read-numbers.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { readBinary } from '../binary-rows.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { either } from '../within-ranges.ts'
import { slicesOf } from './statement-slices.ts'

/** Hours whose members one statement sends: some hundreds of bytes to some tens of kilobytes each. */
const HOURS_AT_ONCE = 240
/** Of more members, some are active in nearly every hour. */
const MOST_MEMBERS = 100

/** Members whose attempts are wanted, by kind; those below 0 are in no list yet. */
export type WantedMembers = Partial<Record<SightingKind, ReadonlySet<number>>>

/** The lists that are short enough to look for. */
function* shortLists(only: WantedMembers): Generator<[kind: SightingKind, numbers: number[]]> {
  for (const kind of Object.keys(only) as SightingKind[]) {
    const numbers = [...(only[kind] ?? [])].filter((number) => number >= 0)
    if (numbers.length <= MOST_MEMBERS) yield [kind, numbers]
  }
}

/**
 * Finds the listed hours in which somebody of each of some lists was active. Who was active in an hour takes a fraction of the
 * room of its attempts.
 * @param hours their starts, Unix milliseconds
 */
export async function hoursOfMembers(
  session: ReadSession,
  hours: readonly number[],
  only: WantedMembers,
): Promise<number[]> {
  let left = [...hours]
  for (const [kind, numbers] of shortLists(only)) left = await hoursOf(session, left, kind, numbers)
  return left
}

/**
 * The SQL conditions (`and …`) that leave out rows of hour_login without wanted members, but for a few: the bytes of a number may
 * also be the end of one and the beginning of the next.
 */
export function mayHaveMembers(sql: ReadSession['sql'], only: WantedMembers) {
  const conditions = Array.from(shortLists(only), ([kind, numbers]) => {
    const column = sql(idTables[kind].numbers)
    if (numbers.length === 0) return sql`and false`
    return sql`and (${either(
      sql,
      numbers.map((number) => sql`position(${Buffer.from(numberList([number]))} in ${column}) > 0`),
    )})`
  })
  // postgres.js takes an empty list for a value.
  return conditions.length === 0 ? sql`` : conditions
}

async function hoursOf(
  { sql }: ReadSession,
  hours: readonly number[],
  kind: SightingKind,
  numbers: readonly number[],
): Promise<number[]> {
  const found = new Set<number>()
  for (const slice of slicesOf(hours, HOURS_AT_ONCE)) {
    const rows = await readBinary<{ at: number; members: Buffer }>(
      sql,
      'hoursOfMembers',
      sql`
      select (extract(epoch from hour) * 1000)::float8 as at, members from hour_member
      where kind = ${kind}::text::engagement_kind and hour = any(${slice.map(isoTime)}::text[]::timestamptz[])`,
    )
    for (const { at, members } of rows) if (hasAnyOf(members, numbers)) found.add(at)
  }
  return hours.filter((hour) => found.has(hour))
}
