import { daysOfManyHours } from '../../../domain/engagement/cover-listed-days.ts'
import { isoDay } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** How many logins one statement reads: up to some megabytes, and other queries get a turn between two statements. */
const LOGINS_AT_ONCE = 500_000

/** By day (UTC, since 1970-01-01): how many logins a listed day had when it was listed (db/rollups/list-days.ts). */
export type ListedDays = ReadonlyMap<number, number>

/**
 * Reads which days of many hours are listed.
 * @param starts of the hours that are asked for, Unix milliseconds
 */
export async function readListedDays({ sql }: ReadSession, starts: Iterable<number>): Promise<ListedDays> {
  const days = daysOfManyHours(starts)
  if (days.length === 0) return new Map()
  const rows = await sql<{ day: number; logins: number }[]>`
    /* readListedDays */
    select day - date '1970-01-01' as day, logins::float8 as logins from listed_day where day = any(${days.map(isoDay)}::text[]::date[])`
  return new Map(rows.map(({ day, logins }) => [day, logins]))
}

/** Splits days into those that one statement reads. */
export function slicesOfDays<Day extends { day: number }>(days: readonly Day[], listed: ListedDays): Day[][] {
  const slices: Day[][] = []
  let logins = Infinity
  for (const day of days) {
    logins += listed.get(day.day) ?? 0
    if (logins > LOGINS_AT_ONCE) {
      slices.push([])
      logins = listed.get(day.day) ?? 0
    }
    slices.at(-1)?.push(day)
  }
  return slices
}
