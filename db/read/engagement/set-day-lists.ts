import { cellOfDay, type CoveredDay } from '../../../domain/engagement/cover-listed-days.ts'
import { numbersOfPieces } from '../../../domain/engagement/numbers-of-pieces.ts'
import { takenNumbers } from '../../../domain/engagement/read-numbers.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { isoDay } from '../../../domain/time/period.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { readBinary } from '../binary-rows.ts'
import { withinSetFilter } from '../counts/set-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import {
  addRow,
  type KindSinks,
  type ListQuestion,
  type ListRoom,
  listsOf,
  noBytes,
  type Numbers,
  numbersOf,
} from './list-columns.ts'
import { type ListedDays, slicesOfDays } from './listed-days.ts'
import { readAhead } from './read-ahead.ts'
import { groupColumns, groupNames, type GroupValues, valuesBy } from './set-groups.ts'

type Sql = ReadSession['sql']
type WholeDay = { day: number; cell: number }

/**
 * Adds who is listed on days.
 * @param room is used up
 * @returns false when the lists have more bytes; then not all of them are added
 */
export async function addDayLists(
  sinks: KindSinks,
  session: ReadSession,
  question: ListQuestion,
  { days, listed }: { days: readonly CoveredDay[]; listed: ListedDays },
  room: ListRoom,
): Promise<boolean> {
  const inOrder = days.toSorted((a, b) => a.day - b.day).map((day) => ({ ...day, cell: cellOfDay(day) }))
  const whole = inOrder.flatMap(({ day, cell }) => (cell === null ? [] : [{ day, cell }]))
  const cut = inOrder.filter(({ cell }) => cell === null)
  return (
    (await addWholeDays(sinks, session, question, slicesOfDays(whole, listed), room)) &&
    (await addCutDays(sinks, session, question, slicesOfDays(cut, listed), room))
  )
}

async function addWholeDays(
  sinks: KindSinks,
  { sql }: ReadSession,
  question: ListQuestion,
  slices: readonly WholeDay[][],
  room: ListRoom,
): Promise<boolean> {
  const kinds = [...sinks.keys()]
  const read = async (slice: WholeDay[]) => {
    // Days of one cell are read as one.
    const runs = slice.filter(({ cell }, i) => cell !== slice[i - 1]?.cell)
    return { runs, rows: await loginsOfDayRuns(sql, kinds, question, { slice, runs }) }
  }
  for await (const { runs, rows } of readAhead(slices, read))
    for (const row of rows) if (!addRow(sinks, question.by, row, runs[row.run - 1]?.cell, room)) return false
  return true
}

async function addCutDays(
  sinks: KindSinks,
  { sql }: ReadSession,
  question: ListQuestion,
  slices: readonly CoveredDay[][],
  room: ListRoom,
): Promise<boolean> {
  const kinds = [...sinks.keys()]
  const read = async (slice: CoveredDay[]) => ({
    pieces: new Map(slice.map(({ day, pieces }) => [day, pieces])),
    rows: await loginsOfDays(sql, kinds, question, slice),
  })
  for await (const { pieces, rows } of readAhead(slices, read))
    for (const row of rows) {
      const { hours, minutes, day } = row
      const own = pieces.get(day) ?? []
      room.bytes -= hours.length + minutes.length
      for (const kind of kinds) {
        const bytes = row[idTables[kind].numbers] ?? noBytes
        room.bytes -= bytes.length
        if (room.bytes < 0) return false
        const numbers = takenNumbers(bytes)
        const ofPieces = numbersOfPieces({ hours, minutes, numbers }, own)
        ofPieces.forEach((some, i) => {
          if (some.length > 0) sinks.get(kind)?.add(valuesBy(question.by, row), own[i]?.cell, () => some)
        })
      }
    }
  return true
}

const loginsOfDayRuns = (
  sql: Sql,
  kinds: readonly SightingKind[],
  { by, filter }: ListQuestion,
  { slice, runs }: { slice: readonly WholeDay[]; runs: readonly WholeDay[] },
) =>
  readBinary<GroupValues & Numbers & { run: number }>(
    sql,
    'loginsOfDayRuns',
    sql`
  select ${groupColumns(sql, by)} ${numbersOf(sql, kinds)}
         width_bucket(day, (select ${runs.map(dateOf)}::text[]::date[])) as run
  from day_login
  where ${isOneOf(sql, slice)} ${withinSetFilter(sql, filter)}
  group by ${groupNames(sql, by)} run`,
  )

const loginsOfDays = (
  sql: Sql,
  kinds: readonly SightingKind[],
  { by, filter }: ListQuestion,
  days: readonly CoveredDay[],
) =>
  readBinary<GroupValues & Numbers & { day: number; hours: Buffer; minutes: Buffer }>(
    sql,
    'loginsOfDays',
    sql`
  select ${groupColumns(sql, by)} ${numbersOf(sql, kinds)} day - date '1970-01-01' as day,
         ${listsOf(sql, 'hours')}, ${listsOf(sql, 'minutes')}
  from day_login as held
  where ${isOneOf(sql, days)} ${withinSetFilter(sql, filter)}
  group by ${groupNames(sql, by)} held.day`,
  )

const dateOf = ({ day }: { day: number }): string => isoDay(day)

const isOneOf = (sql: Sql, days: readonly { day: number }[]) =>
  sql`day = any(${days.map(dateOf)}::text[]::date[])`
