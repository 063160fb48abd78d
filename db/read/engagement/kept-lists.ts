import { keptFrom } from '../../login-rows/retention-bound.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * From which day on logins are listed by hour; in the future if SET_RETENTION_DAYS is 0. Until the session ends
 * no day of rows is dropped, so that what is not listed yet is found in its rows.
 */
export async function readListsKeptFrom({ sql }: ReadSession): Promise<Date> {
  await sql`/* readListsKeptFrom: lock */ select from login limit 0`
  const [bound] = await sql<{ kept_from: Date }[]>`
    /* readListsKeptFrom */
    select greatest(${sql.unsafe(keptFrom('hour_login'))}, 'epoch') as kept_from`
  return bound?.kept_from ?? new Date(0)
}

/** The time from the first hour that is listed to the end of the last one. Null: nothing is listed. */
export async function readHeldLists({ sql }: ReadSession): Promise<TimeBucket | null> {
  const [held] = await sql<TimeBucket[]>`
    /* readHeldLists */
    select (extract(epoch from first) * 1000)::float8 as "fromMs",
           (extract(epoch from last + interval '1 hour') * 1000)::float8 as "toMs"
    from (select min(hour) as first, max(hour) as last from hour_member) as hours
    where first is not null`
  return held ?? null
}

/** The parts of ranges that lie between the first and the last hour that is listed; others become empty. */
export const withinHeldLists = (ranges: readonly TimeBucket[], held: TimeBucket): TimeBucket[] =>
  ranges.map(({ fromMs, toMs }) => ({
    fromMs: Math.max(fromMs, held.fromMs),
    toMs: Math.min(toMs, held.toMs),
  }))
