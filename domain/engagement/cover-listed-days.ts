import { bucketMs } from '../time/bucket.ts'
import { DAY_MS, dayOf } from '../time/period.ts'
import type { CellCover } from './cover-cells.ts'

/** Minutes [from, to) of a day, and the place of the cell that they lie in. */
export type DayPiece = { cell: number; from: number; to: number }

/** A day (UTC, since 1970-01-01) that is read at once, and what of it lies in which cell, in order. */
export type CoveredDay = { day: number; pieces: DayPiece[] }

type Hours = Pick<CellCover, 'hours' | 'parts'>

/** Of fewer hours of a day, reading the others with them costs more than the many rows of lists by hour. */
const MIN_HOURS = 18

export const MINUTES_PER_DAY = DAY_MS / bucketMs.minute
const MINUTES_PER_HOUR = 60

/**
 * The days of which so many hours are asked for that their lists by day, if there are any, are to be read.
 * @param starts of hours (UTC), Unix milliseconds; may repeat
 */
export function daysOfManyHours(starts: Iterable<number>): number[] {
  const hours = new Map<number, number>()
  for (const startMs of new Set(starts)) hours.set(dayOf(startMs), (hours.get(dayOf(startMs)) ?? 0) + 1)
  return [...hours].flatMap(([day, count]) => (count < MIN_HOURS ? [] : [day]))
}

/** Covers hours and parts of hours by days where these are to be read at once, and returns the others. */
export function coverByDays(
  { hours, parts }: Hours,
  isReadAtOnce: (day: number) => boolean,
): Hours & { days: CoveredDay[] } {
  const isByDay = ({ startMs }: { startMs: number }) => isReadAtOnce(dayOf(startMs))
  const pieces = [
    ...hours.filter(isByDay).map((hour) => ({ ...hour, from: 0, to: MINUTES_PER_HOUR })),
    ...parts.filter(isByDay),
  ]
  const byDay = Map.groupBy(pieces, ({ startMs }) => dayOf(startMs))
  return {
    hours: hours.filter((hour) => !isByDay(hour)),
    parts: parts.filter((part) => !isByDay(part)),
    days: Array.from(byDay, ([day, some]) => ({ day, pieces: joined(some) })),
  }
}

/** Joins the parts of a cell, which follow each other. */
function joined(parts: readonly Hours['parts'][number][]): DayPiece[] {
  const pieces: DayPiece[] = []
  for (const { startMs, cell, ...part } of parts.toSorted(
    (a, b) => a.startMs - b.startMs || a.from - b.from,
  )) {
    const firstMinute = (startMs - dayOf(startMs) * DAY_MS) / bucketMs.minute
    const [from, to] = [firstMinute + part.from, firstMinute + part.to]
    const last = pieces.at(-1)
    if (last?.cell === cell) last.to = to
    else pieces.push({ cell, from, to })
  }
  return pieces
}

/** The cell that all of a day lies in; null: it has several, or a part of it lies in none. */
export const cellOfDay = ({ pieces: [piece, another] }: CoveredDay): number | null =>
  piece !== undefined && another === undefined && piece.to - piece.from === MINUTES_PER_DAY
    ? piece.cell
    : null
