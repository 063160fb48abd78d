import type { CountedSpans, SpanStarts } from '../../domain/engagement/active-spans.ts'
import { QUARTERS_PER_DAY } from '../../domain/engagement/active-spans.ts'
import type { DimensionName } from '../../domain/counts/dimensions.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { closeSpanDays, type OpenDay } from './span-days.ts'

type SpansOfValue = { facet: 'all' | DimensionName; value: string; counted: CountedSpans[] }

/** Spans that were counted in one snapshot. */
export type MadeSpans = {
  /** The days for which they were counted. */
  open: OpenDay[]
  starts: SpanStarts[]
  /** From this day (since 1970-01-01) on new users are known. */
  newUsersFrom: number
  byValue: SpansOfValue[]
}

/** Writes spans in place of those that there are, unless another process has made spans of the same days meanwhile. */
export async function replaceSpans(
  sql: Sql,
  { open, starts, newUsersFrom, byValue }: MadeSpans,
): Promise<void> {
  await sql.begin(async (tx) => {
    if (!(await closeSpanDays(tx, open))) return
    await tx`/* replaceSpans */
      delete from active_span held
      using unnest(${starts.map(({ days }) => days)}::smallint[], ${starts.map(({ from }) => from)}::integer[],
                   ${starts.map(({ to }) => to)}::integer[]) as made (days, first, until)
      where held.days = made.days and held.day >= date '1970-01-01' + first and held.day < date '1970-01-01' + until`
    for (const made of byValue) await insertSpans(tx, made, newUsersFrom)
  })
}

async function insertSpans(
  tx: Transaction,
  { facet, value, counted }: SpansOfValue,
  newUsersFrom: number,
): Promise<void> {
  const rows = counted.flatMap(rowsOf)
  await tx`/* insertSpans */
    insert into active_span (facet, value, days, day, active, new_users)
    select ${facet}::text::engagement_facet, ${value}, days, date '1970-01-01' + day, active::integer[], new_users::integer[]
    from unnest(${rows.map(({ days }) => days)}::smallint[], ${rows.map(({ day }) => day)}::integer[],
                ${rows.map(({ active }) => active)}::text[],
                ${rows.map(({ day, newUsers }) => (day < newUsersFrom ? null : newUsers))}::text[])
      as made (days, day, active, new_users)`
}

/** A row a day, with arrays as Postgres reads them. */
function rowsOf({ days, from, to, active, newUsers }: CountedSpans) {
  const arrayOf = (counts: Int32Array, at: number) =>
    `{${counts.subarray(at, at + QUARTERS_PER_DAY).join(',')}}`
  return Array.from({ length: to - from }, (_, place) => ({
    days,
    day: from + place,
    active: arrayOf(active, place * QUARTERS_PER_DAY),
    newUsers: arrayOf(newUsers, place * QUARTERS_PER_DAY),
  }))
}
