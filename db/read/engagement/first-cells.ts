import { ActivityInCells } from '../../../domain/engagement/activity-in-cells.ts'
import { coverCells } from '../../../domain/engagement/cover-cells.ts'
import type { SpanCell } from '../../../domain/engagement/cut-into-cells.ts'
import { findCell } from '../../../domain/engagement/find-cell.ts'
import { numbersOfChunk } from '../../../domain/engagement/read-numbers.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { dayOf } from '../../../domain/time/period.ts'
import { bytesOfBits, readBinary } from '../binary-rows.ts'
import { anyLogin } from '../counts/count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { CellSink, SetQuestion } from './set-cells.ts'
import { bitmapsOfPeriods, type NumberedDays, periodsOfDays } from './set-days.ts'
import { firstOf } from './set-facets.ts'
import { addLists, withinLists } from './set-lists.ts'
import { addWaiting, type NumberOf, readFirstsWaiting } from './set-waiting.ts'
import { bitmapsAtOnce, slicesOf } from './statement-slices.ts'

/** The first activity was before all cells, or is not known yet. */
const BEFORE_ALL_CELLS = -1
/** The first activity was on a day that cells cut. */
const ON_A_DAY_CUT = -2

/** The cells, and how members are numbered. */
type FirstsQuestion = {
  /** In order of time; those of a day that one of them cuts have all of it. */
  cells: readonly SpanCell[]
  /** Who was active in the cells that are in a span, whatever the values, if that is known already. */
  active: Pick<ActivityInCells<object>, 'groups'> | null
  /** How many have a number. */
  members: number
  numberOf: NumberOf
}

/**
 * Finds the cell in which each member of a kind was active first, whatever the values of the attempts: by the bitmaps of first
 * days, on days that cells cut, by who was active in them, and by what waits to be listed.
 * @returns by number; below 0: before all cells. Null when lists have more than `most` bytes
 */
export async function readFirstCells(
  session: ReadSession,
  { kind, filter: { attempts } }: SetQuestion,
  { cells, active, members, numberOf }: FirstsQuestion,
  most: number,
): Promise<Int32Array | null> {
  const everybody: SetQuestion = { kind, by: [], filter: { ...anyLogin, attempts }, areNew: false }
  const cover = coverCells(cells, () => true)
  const until = cells.at(-1)?.toMs ?? 0
  const waiting = await readFirstsWaiting(session, kind, attempts, { until, numberOf })
  const size = waiting.reduce((least, { number }) => Math.max(least, number + 1), members)
  const first = new Int32Array(size).fill(BEFORE_ALL_CELLS)
  const days = cover.days.map(({ cell, ...range }) => ({ ...range, number: cell }))
  const cut = daysOf(cover.ranges).map((day) => ({ from: day, to: day + 1, number: ON_A_DAY_CUT }))
  await markFirsts(session, everybody, [...days, ...cut], first)
  const cellOf = findCell(cells)
  for (const { number, minute } of waiting) first[number] = cellOf(minute)

  const others = active === null ? cells : cells.map((cell) => (cell.isInSpan ? emptied(cell) : cell))
  const found = await readKindActivity(session, everybody, { cells, others, numberOf, most })
  if (found === null) return null
  const activities = [found, ...(active === null ? [] : [active])].flatMap((one) => [...one.groups()])
  cells.forEach((_, cell) => {
    for (const { activityIn } of activities)
      for (const numbers of activityIn(cell))
        for (let at = 0; at < numbers.length; at++) {
          const number = numbers[at] ?? 0
          if (first[number] === ON_A_DAY_CUT) first[number] = cell
        }
  })
  return first
}

const emptied = ({ fromMs }: TimeBucket): TimeBucket => ({ fromMs, toMs: fromMs })

type CellsToRead = {
  cells: readonly TimeBucket[]
  /** The same, without those that need not be read. */
  others: readonly TimeBucket[]
  numberOf: NumberOf
  most: number
}

/** Reads who was active on the days that cells cut. Null: lists have more than `most` bytes. */
async function readKindActivity(
  session: ReadSession,
  everybody: SetQuestion,
  { cells, others, numberOf, most }: CellsToRead,
): Promise<ActivityInCells<object> | null> {
  const cover = await withinLists(
    session,
    coverCells(others, () => true),
  )
  const activity = new ActivityInCells<object>()
  const sink: CellSink = {
    add: (values, cell, read) => {
      if (cell !== undefined) activity.add('', values, cell, read)
    },
  }
  const [, areRead] = await Promise.all([
    addWaiting(sink, session, everybody, { ranges: cover.ranges, cells, numberOf }),
    addLists(new Map([[everybody.kind, sink]]), session, everybody, cover, { bytes: most }),
  ])
  return areRead ? activity : null
}

function daysOf(ranges: readonly TimeBucket[]): number[] {
  const days = new Set<number>()
  for (const { fromMs, toMs } of ranges)
    for (let day = dayOf(fromMs); day <= dayOf(toMs - 1); day++) days.add(day)
  return [...days]
}

/** Gives members whose first day is one of some days the number of these. */
async function markFirsts(
  { sql }: ReadSession,
  { kind, filter }: SetQuestion,
  days: readonly NumberedDays[],
  first: Int32Array,
): Promise<void> {
  for (const slice of slicesOf(periodsOfDays(days), bitmapsAtOnce(first.length))) {
    const rows = await readBinary<{ number: number; chunk: number; bits: Buffer }>(
      sql,
      'markFirsts',
      sql`
      select number, chunk, ${sql.unsafe(bytesOfBits('members'))} as bits
      from (${bitmapsOfPeriods(sql, kind, firstOf(filter.attempts), [], slice)}) as piece`,
    )
    for (const { number, chunk, bits } of rows)
      for (const member of numbersOfChunk(chunk, bits)) first[member] = number
  }
}
