import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import type { MemberSet } from '../../../domain/engagement/member-set.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { DayRange } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { bytesOfBits, readBinary } from '../binary-rows.ts'
import { bitmapsOfPeriods, type NumberedDays, type NumberedPeriod, periodsOfDays } from './set-days.ts'
import { allOf, firstOf, ofAttempts } from './set-facets.ts'

type Sql = ReadSession['sql']

/** What cohorts are divided by, null: nothing, and which attempts make somebody active. */
export type CohortKind = { by: DimensionName | null; attempts: AttemptKind }

/** How many cells an answer may have, and how many chunks of bitmaps (5 KB each) may be sent to Node for it. */
export type CohortLimits = { cells: number; chunks: number }
/** What there would be too much of. */
export type TooMany = keyof CohortLimits

/**
 * Selects whose first day lies in each range, as rows of (place, value, chunk, members): several for the same
 * chunk. Divided by a dimension, a user is there with each value of the first day.
 */
export const firstSeen = (sql: Sql, ranges: readonly DayRange[], { by, attempts }: CohortKind) =>
  by === null
    ? sql`
        select number as place, null::text as value, chunk, members
        from (${bitmapsOfPeriods(sql, 'user', firstOf(attempts), [], periodsOfDays(placed(ranges)))}) as first`
    : sql`
        select place, used.value, chunk, first.members & used.members as members
        from (
          select number as place, start, chunk, ${unpacked(sql)}
          from (${bitmapsOfPeriods(sql, 'user', firstOf(attempts), [], dayByDay(ranges))}) as packed
          offset 0
        ) as first
        join engagement used using (start, chunk)
        where used.kind = 'user' and used.period = 'day' and used.facet = ${by}::text::engagement_facet
          and ${ofAttempts(sql, attempts)}`

/** Selects who was active in each range, as rows of (place, chunk, members): several for the same chunk. */
export const activeIn = (sql: Sql, ranges: readonly DayRange[], attempts: AttemptKind) => sql`
  select number as place, chunk, members
  from (${bitmapsOfPeriods(sql, 'user', allOf(attempts), [], periodsOfDays(placed(ranges)))}) as held`

/** Adds the users who were active on the days, at least those whose numbers are in the chunks. */
export async function addActiveIn(
  members: MemberSet,
  { sql }: ReadSession,
  { days, attempts, chunks }: { days: DayRange; attempts: AttemptKind; chunks: readonly number[] },
): Promise<void> {
  if (days.from >= days.to) return
  const rows = await readBinary<{ chunk: number; bits: Buffer }>(
    sql,
    'addActiveIn',
    sql`
    select chunk, ${sql.unsafe(bytesOfBits('bit_or(members)'))} as bits
    from (${activeIn(sql, [days], attempts)}) as held
    where chunk = any(${[...chunks]}::integer[])
    group by chunk`,
  )
  for (const { chunk, bits } of rows) members.addBits(chunk, bits)
}

const placed = (ranges: readonly DayRange[]): NumberedDays[] =>
  ranges.map((range, number) => ({ ...range, number }))

const dayByDay = (ranges: readonly DayRange[]): NumberedPeriod[] =>
  placed(ranges).flatMap(({ number, from, to }) =>
    Array.from({ length: to - from }, (_, i) => ({ number, period: 'day', start: from + i })),
  )

/** Decompresses bitmaps that are compared with several others: the result of "&" is not compressed. */
const unpacked = (sql: Sql) => sql`members & members as members`
