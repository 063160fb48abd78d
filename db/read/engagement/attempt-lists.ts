import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import { coverHours } from '../../../domain/engagement/cover-hours.ts'
import type { AttemptList } from '../../../domain/measures/listed-attempts.ts'
import type { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { bucketMs, type TimeBucket } from '../../../domain/time/bucket.ts'
import { dayOf, isoDay } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { IS_FAILURE } from '../../rollups/dimension-sets.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { ofRevisions, ROWS_TO_LIST } from '../../login-rows/rows-to-list.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { readBinary } from '../binary-rows.ts'
import { columns } from '../counts/count-buckets.ts'
import { type CountFilter, withinFilter } from '../counts/count-filter.ts'
import { withinRanges } from '../within-ranges.ts'
import { type AttemptRow, listOf } from './attempt-rows.ts'
import { hourSlices } from './hour-slices.ts'
import { hoursOfMembers, mayHaveMembers, type WantedMembers } from './hours-of-members.ts'
import { readHeldLists, withinHeldLists } from './kept-lists.ts'
import { readAhead } from './read-ahead.ts'
import { listsOf, numbersOf as listsOfKinds } from './list-columns.ts'
import { type ListedDays, readListedDays, slicesOfDays } from './listed-days.ts'
import { hasEventsIn } from './waiting-batches.ts'

type Sql = ReadSession['sql']

/** By what attempts are listed, and whose numbers are wanted. */
type ListQuestion = {
  dimensions: readonly DimensionName[]
  kinds: readonly SightingKind[]
  filter: CountFilter
  /** Members whose attempts are wanted; hours without any may be left out. */
  only: WantedMembers
  /** Whether lists of a day may lack their minutes. */
  mayLackMinutes: (day: { startMs: number; lengthMs: number }) => boolean
}

/**
 * Reads all attempts of some ranges one by one, those in batches that are not indexed yet included
 * (db/rollups/index-logins.ts). Hours are read whole: leave out what lies beside the ranges. The lists must be
 * kept (kept-lists.ts).
 * @param unnumbered get a number for everybody who has none yet
 */
export async function readAttemptLists(
  session: ReadSession,
  ranges: readonly TimeBucket[],
  question: ListQuestion,
  unnumbered: UnnumberedMembers,
  onList: (list: AttemptList) => void,
): Promise<void> {
  const hours = await hoursOfMembers(session, await listedHours(session, ranges), question.only)
  const listed = await readListedDays(session, hours)
  const { sql } = session
  const take = (rows: readonly AttemptRow[], lengthMs: number) => {
    for (const row of rows) onList(listOf(row, lengthMs, question, unnumbered))
  }
  for (const { days, columns } of partsOfDays(listed, question))
    for await (const rows of readAhead(slicesOfDays(days, listed), (slice) =>
      readDays(sql, slice, question, columns),
    ))
      take(rows, bucketMs.day)
  const others = hours.filter((startMs) => !listed.has(dayOf(startMs)))
  for await (const rows of readAhead(hourSlices(others), (slice) => readHours(sql, slice, question)))
    take(rows, bucketMs.hour)
  take(await readUnindexed(sql, ranges, question), bucketMs.hour)
}

/** Listed days, in order, and what is read of them beside members: those that may lack their minutes apart from others. */
function partsOfDays(listed: ListedDays, { mayLackMinutes }: ListQuestion) {
  const days = [...listed.keys()].sort((a, b) => a - b).map((day) => ({ day }))
  const isShort = ({ day }: { day: number }) =>
    mayLackMinutes({ startMs: day * bucketMs.day, lengthMs: bucketMs.day })
  return [
    { days: days.filter(isShort), columns: [] },
    { days: days.filter((day) => !isShort(day)), columns: ['hours', 'minutes'] },
  ]
}

/** The hours of some ranges that may be listed, in order. */
async function listedHours(session: ReadSession, ranges: readonly TimeBucket[]): Promise<number[]> {
  const held = await readHeldLists(session)
  if (held === null) return []
  const { whole, parts } = coverHours(withinHeldLists(ranges, held))
  const hours = new Set([...whole, ...parts.map(({ startMs }) => startMs)])
  return [...hours].sort((a, b) => a - b)
}

/** How many attempts the lists of a row have. */
const attemptsListed = (sql: Sql) => sql`sum(octet_length(minutes))::integer as attempts`

async function readHours(
  sql: Sql,
  hours: string[],
  { dimensions, kinds, filter, only }: ListQuestion,
): Promise<AttemptRow[]> {
  return await readBinary<AttemptRow>(
    sql,
    'readHours',
    sql`
    select ${columns(sql, dimensions)} (extract(epoch from hour) * 1000)::float8 as start, ${sql.unsafe(IS_FAILURE)} as is_failure,
           ${listsOfKinds(sql, kinds)} ${attemptsListed(sql)}, ${listsOf(sql, 'minutes')}
    from hour_login
    where hour = any(${hours}::text[]::timestamptz[]) ${withinFilter(sql, filter)} ${mayHaveMembers(sql, only)}
    group by ${columns(sql, dimensions)} hour, is_failure`,
  )
}

async function readDays(
  sql: Sql,
  days: readonly { day: number }[],
  { dimensions, kinds, filter, only }: ListQuestion,
  more: readonly string[],
): Promise<AttemptRow[]> {
  // postgres.js takes an empty list for a value.
  const others = more.length === 0 ? sql`` : more.map((column) => sql`${listsOf(sql, column)}, `)
  return await readBinary<AttemptRow>(
    sql,
    'readDays',
    sql`
    select ${columns(sql, dimensions)} (extract(epoch from day) * 1000)::float8 as start, ${sql.unsafe(IS_FAILURE)} as is_failure,
           ${listsOfKinds(sql, kinds)} ${others} ${attemptsListed(sql)}
    from day_login
    where day = any(${days.map(({ day }) => isoDay(day))}::text[]::date[]) ${withinFilter(sql, filter)} ${mayHaveMembers(sql, only)}
    group by ${columns(sql, dimensions)} day, is_failure`,
  )
}

/** Reads the rows of batches that are not indexed yet as the lists will have them. */
async function readUnindexed(
  sql: Sql,
  ranges: readonly TimeBucket[],
  { dimensions, kinds, filter }: ListQuestion,
): Promise<AttemptRow[]> {
  const members = kinds
    .map((kind) => idTables[kind].numbers)
    .map(
      (name) => `, string_agg(int4send(coalesce(${name}, -1)), ''::bytea) as ${name},
        json_agg(${name}_id) filter (where ${name} is null) as ${name}_without`,
    )
  return await readBinary<AttemptRow>(
    sql,
    'readUnindexed',
    sql`
    with waiting as materialized (
      select batch_id, revision
      from (select batch_id, revision from pending_commit_rollup union select batch_id, revision from unindexed_batch) as waiting
      cross join lateral (select first_event_at, last_event_at from batch where id = batch_id offset 0) as ledger
      where ${hasEventsIn(sql, ranges)}
    )
    select ${columns(sql, dimensions)} (extract(epoch from date_trunc('hour', event_at, 'UTC')) * 1000)::float8 as start,
           ${sql.unsafe(IS_FAILURE)} as is_failure,
           string_agg(set_byte('\\x00', 0, extract(minute from event_at at time zone 'UTC')::integer), ''::bytea) as minutes,
           count(*)::integer as attempts ${sql.unsafe(members.join(''))}
    from (
      select *, ${addressText(sql)} as address from ${sql.unsafe(ROWS_TO_LIST)} as login
      where batch_id between (select min(batch_id) from waiting) and (select max(batch_id) from waiting)
        and ${ofRevisions(sql, 'waiting')} and (${withinRanges(sql, ranges)}) ${withinFilter(sql, filter)}
    ) as seen
    ${kinds.map((kind) => numberOf(sql, kind))}
    group by ${columns(sql, dimensions)} date_trunc('hour', event_at, 'UTC'), is_failure`,
  )
}

function numberOf(sql: Sql, kind: SightingKind) {
  const { table, id, numbers } = idTables[kind]
  const seen = sql.unsafe(kind === 'address' ? 'seen.address' : `seen.${id}`)
  return sql`
    left join lateral (select number as ${sql(numbers)} from ${sql(table)} as held where held.${sql(id)} = ${seen} offset 0)
      as ${sql(`of_${kind}`)} on true
    cross join lateral (select ${seen} as ${sql(`${numbers}_id`)}) as ${sql(`id_of_${kind}`)}`
}
