import type { CellCover } from '../../../domain/engagement/cover-cells.ts'
import type { HourPart } from '../../../domain/engagement/cover-hours.ts'
import { listedNumbers, numbersWithin, packedNumbers } from '../../../domain/engagement/read-numbers.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { bytesOf } from '../bytes.ts'
import { hasAllValues, withinSetFilter } from '../counts/set-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { hourSlices } from './hour-slices.ts'
import { readHeldLists } from './kept-lists.ts'
import type { CellSink, SetQuestion } from './set-cells.ts'
import { ofAttempts } from './set-facets.ts'
import { groupColumns, groupNames, type GroupValues } from './set-groups.ts'

type Sql = ReadSession['sql']

/** A whole hour (UTC) by its start, Unix milliseconds, and the place of its cell. */
type CellHour = { startMs: number; cell: number }
type CellPart = HourPart & { cell: number }

/** Leaves out hours before the first and after the last one that is listed. */
export async function withinLists(session: ReadSession, cover: CellCover): Promise<CellCover> {
  const held = await readHeldLists(session)
  const isListed = ({ startMs }: { startMs: number }) =>
    held !== null && startMs >= held.fromMs && startMs < held.toMs
  return { ...cover, hours: cover.hours.filter(isListed), parts: cover.parts.filter(isListed) }
}

/** Adds who is listed in whole hours. */
export async function addWholeHours(
  sink: CellSink,
  { sql }: ReadSession,
  question: SetQuestion,
  hours: readonly CellHour[],
): Promise<void> {
  const cells = new Map(hours.map(({ startMs, cell }) => [startMs, cell]))
  const isOfMembers = areMembersEnough(question)
  const rowsOf = isOfMembers ? membersOfHours : loginsOfHours
  const read = isOfMembers ? packedNumbers : listedNumbers
  await Promise.all(
    hourSlices([...cells.keys()]).map(async (slice) => {
      for (const { at, numbers, ...values } of await rowsOf(sql, question, slice))
        sink.add(values, cells.get(at), lazily(numbers, read))
    }),
  )
}

/** Whether whole hours are answered by who was active in them, whatever the values. */
const areMembersEnough = ({ by, filter }: SetQuestion) => by.length === 0 && hasAllValues(filter)

/** Adds who is listed in parts of hours. */
export async function addParts(
  sink: CellSink,
  { sql }: ReadSession,
  question: SetQuestion,
  parts: readonly CellPart[],
): Promise<void> {
  const ofHour = Map.groupBy(parts, ({ startMs }) => startMs)
  await Promise.all(
    hourSlices([...ofHour.keys()]).map(async (slice) => {
      for (const { at, numbers, minutes, ...values } of await loginsOfHours(sql, question, slice)) {
        const [listed, ofListed] = [bytesOf(numbers), bytesOf(minutes)]
        for (const part of ofHour.get(at) ?? [])
          sink.add(values, part.cell, () => numbersWithin(listed, ofListed, part))
      }
    }),
  )
}

/** Base64 text takes a third more than bytes: it is kept only until it is read. */
function lazily(base64: string, read: (bytes: Uint8Array) => Int32Array): () => Int32Array {
  const bytes = bytesOf(base64)
  return () => read(bytes)
}

type ListRow = GroupValues & { at: number; numbers: string }

const membersOfHours = (sql: Sql, { kind, filter }: SetQuestion, hours: string[]) => sql<ListRow[]>`
  /* membersOfHours */
  select (extract(epoch from hour) * 1000)::float8 as at, encode(members, 'base64') as numbers from hour_member
  where kind = ${kind}::text::engagement_kind and hour = any(${hours}::text[]::timestamptz[])
    and ${ofAttempts(sql, filter.attempts)}`

const loginsOfHours = (sql: Sql, { kind, by, filter }: SetQuestion, hours: string[]) => sql<
  (ListRow & { minutes: string })[]
>`
  /* loginsOfHours */
  select (extract(epoch from hour) * 1000)::float8 as at, ${groupColumns(sql, by)}
         encode(string_agg(${sql(idTables[kind].numbers)}, ''::bytea), 'base64') as numbers,
         encode(string_agg(minutes, ''::bytea), 'base64') as minutes
  from hour_login
  where hour = any(${hours}::text[]::timestamptz[]) ${withinSetFilter(sql, filter)}
  group by ${groupNames(sql, by)} hour`

/** How many bytes are read of the lists that cover cells. */
export async function bytesListed(
  session: ReadSession,
  question: SetQuestion,
  { hours, parts }: Pick<CellCover, 'hours' | 'parts'>,
): Promise<number> {
  if (!areMembersEnough(question)) return await bytesOfLogins(session, question, [...hours, ...parts])
  return (await bytesOfMembers(session, question, hours)) + (await bytesOfLogins(session, question, parts))
}

type Hours = readonly { startMs: number }[]

const isOneOf = (sql: Sql, hours: Hours) =>
  sql`hour = any(${[...new Set(hours.map(({ startMs }) => startMs))].map(isoTime)}::text[]::timestamptz[])`

async function bytesOfMembers(
  { sql }: ReadSession,
  { kind, filter }: SetQuestion,
  hours: Hours,
): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    /* bytesOfMembers */
    select coalesce(sum(octet_length(members)), 0)::float8 as bytes from hour_member
    where kind = ${kind}::text::engagement_kind and ${isOneOf(sql, hours)} and ${ofAttempts(sql, filter.attempts)}`
  return row?.bytes ?? 0
}

async function bytesOfLogins(
  { sql }: ReadSession,
  { kind, filter }: SetQuestion,
  hours: Hours,
): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    /* bytesOfLogins */
    select coalesce(sum(octet_length(minutes) + octet_length(${sql(idTables[kind].numbers)})), 0)::float8 as bytes
    from hour_login where ${isOneOf(sql, hours)} ${withinSetFilter(sql, filter)}`
  return row?.bytes ?? 0
}
