import type { CellCover } from '../../../domain/engagement/cover-cells.ts'
import type { HourPart } from '../../../domain/engagement/cover-hours.ts'
import { numbersWithin, packedNumbers } from '../../../domain/engagement/read-numbers.ts'
import { coverByDays } from '../../../domain/engagement/cover-listed-days.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { hasAllValues } from '../counts/set-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { slicesOfHours } from './hour-slices.ts'
import { readHeldLists } from './kept-lists.ts'
import { addRow, type KindSinks, type ListQuestion, type ListRoom, noBytes } from './list-columns.ts'
import { readListedDays } from './listed-days.ts'
import { readAhead } from './read-ahead.ts'
import { addDayLists } from './set-day-lists.ts'
import { loginsOfHourRuns, loginsOfParts, membersOfHours } from './set-hour-lists.ts'
import { valuesBy } from './set-groups.ts'

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

/**
 * Adds who is listed in hours and parts of hours: what all kinds need is read once.
 * @param room is used up
 * @returns false when the lists have more bytes; then not all of them are added
 */
export async function addLists(
  sinks: KindSinks,
  session: ReadSession,
  question: ListQuestion,
  { hours, parts }: Pick<CellCover, 'hours' | 'parts'>,
  room: ListRoom,
): Promise<boolean> {
  if (areMembersEnough(question))
    return (
      (await addMembersOfHours(sinks, session, question, hours, room)) &&
      (await addListed(sinks, session, question, { hours: [], parts }, room))
    )
  return await addListed(sinks, session, question, { hours, parts }, room)
}

/** Whether whole hours are answered by who was active in them, whatever the values. */
const areMembersEnough = ({ by, filter }: ListQuestion) => by.length === 0 && hasAllValues(filter)

/** Adds the logins of hours and parts of hours, by days where these are listed. */
async function addListed(
  sinks: KindSinks,
  session: ReadSession,
  question: ListQuestion,
  cover: Pick<CellCover, 'hours' | 'parts'>,
  room: ListRoom,
): Promise<boolean> {
  const starts = [...cover.hours, ...cover.parts].map(({ startMs }) => startMs)
  const listed = await readListedDays(session, starts)
  const { days, hours, parts } = coverByDays(cover, (day) => listed.has(day))
  return (
    (await addDayLists(sinks, session, question, { days, listed }, room)) &&
    (await addLoginsOfHours(sinks, session, question, hours, room)) &&
    (await addParts(sinks, session, question, parts, room))
  )
}

async function addMembersOfHours(
  sinks: KindSinks,
  { sql }: ReadSession,
  { filter }: ListQuestion,
  hours: readonly CellHour[],
  room: ListRoom,
): Promise<boolean> {
  const cells = new Map(hours.map(({ startMs, cell }) => [startMs, cell]))
  const read = async (slice: CellHour[]) => await membersOfHours(sql, [...sinks.keys()], filter, slice)
  for await (const rows of readAhead(slicesOfHours(hours), read))
    for (const { kind, at, numbers } of rows) {
      room.bytes -= numbers.length
      if (room.bytes < 0) return false
      sinks.get(kind)?.add({}, cells.get(at), () => packedNumbers(numbers))
    }
  return true
}

async function addLoginsOfHours(
  sinks: KindSinks,
  { sql }: ReadSession,
  question: ListQuestion,
  hours: readonly CellHour[],
  room: ListRoom,
): Promise<boolean> {
  const kinds = [...sinks.keys()]
  const read = async (slice: CellHour[]) => {
    const runs = runsOf(slice)
    return { runs, rows: await loginsOfHourRuns(sql, kinds, question, { slice, runs }) }
  }
  for await (const { runs, rows } of readAhead(slicesOfHours(hours), read))
    for (const row of rows) {
      room.bytes -= row.listed
      if (!addRow(sinks, question.by, row, runs[row.run - 1]?.cell, room)) return false
    }
  return true
}

async function addParts(
  sinks: KindSinks,
  { sql }: ReadSession,
  question: ListQuestion,
  parts: readonly CellPart[],
  room: ListRoom,
): Promise<boolean> {
  const kinds = [...sinks.keys()]
  const ofHour = Map.groupBy(parts, ({ startMs }) => startMs)
  const hours = Array.from(ofHour.keys(), (startMs) => ({ startMs }))
  const read = async (slice: { startMs: number }[]) => await loginsOfParts(sql, kinds, question, slice)
  for await (const rows of readAhead(slicesOfHours(hours), read))
    for (const row of rows) {
      const { minutes } = row
      room.bytes -= minutes.length
      for (const kind of kinds) {
        const numbers = row[idTables[kind].numbers] ?? noBytes
        room.bytes -= numbers.length
        if (room.bytes < 0) return false
        const values = valuesBy(question.by, row)
        for (const part of ofHour.get(row.at) ?? [])
          sinks.get(kind)?.add(values, part.cell, () => numbersWithin(numbers, minutes, part))
      }
    }
  return true
}

/** The first hours of runs of hours of one cell. Hours are in order of time. */
const runsOf = (hours: readonly CellHour[]): CellHour[] =>
  hours.filter(({ cell }, i) => cell !== hours[i - 1]?.cell)
