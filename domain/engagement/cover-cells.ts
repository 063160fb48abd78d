import type { TimeBucket } from '../time/bucket.ts'
import { DAY_MS, type DayRange } from '../time/period.ts'
import { coverHours, type HourPart } from './cover-hours.ts'

/** By what the activity of cells is read; `cell` is the place of the cell. */
export type CellCover = {
  /** Whole days (UTC) whose bitmaps are read. */
  days: (DayRange & { cell: number })[]
  /** Starts of whole hours (UTC), Unix milliseconds. */
  hours: { startMs: number; cell: number }[]
  parts: (HourPart & { cell: number })[]
  /** All but the days, neighbours joined. */
  ranges: TimeBucket[]
}

/**
 * Covers cells by whole days where bitmaps are to be read, and by hours and parts of hours for the rest.
 * @param cells in order of time, without overlap
 * @param areByDays whether bitmaps of these days are to be read
 */
export function coverCells(cells: readonly TimeBucket[], areByDays: (days: DayRange) => boolean): CellCover {
  const cover: CellCover = { days: [], hours: [], parts: [], ranges: [] }
  cells.forEach(({ fromMs, toMs }, cell) => {
    const days = wholeDays({ fromMs, toMs })
    const isByDays = days.from < days.to && areByDays(days)
    if (isByDays) cover.days.push({ ...days, cell })
    const rest = isByDays
      ? [
          { fromMs, toMs: days.from * DAY_MS },
          { fromMs: days.to * DAY_MS, toMs },
        ]
      : [{ fromMs, toMs }]
    for (const range of rest) addRange(cover.ranges, range)
    const { whole, parts } = coverHours(rest)
    for (const startMs of whole) cover.hours.push({ startMs, cell })
    for (const part of parts) cover.parts.push({ ...part, cell })
  })
  return cover
}

/** The days (UTC) that lie within a range; none if `from` is not before `to`. */
export const wholeDays = ({ fromMs, toMs }: TimeBucket): DayRange => ({
  from: Math.ceil(fromMs / DAY_MS),
  to: Math.floor(toMs / DAY_MS),
})

/** Joins ranges that follow each other, and leaves empty ones out. */
export function joined(ranges: readonly TimeBucket[]): TimeBucket[] {
  const all: TimeBucket[] = []
  for (const { fromMs, toMs } of ranges) addRange(all, { fromMs, toMs })
  return all
}

function addRange(ranges: TimeBucket[], { fromMs, toMs }: TimeBucket): void {
  if (fromMs >= toMs) return
  const last = ranges.at(-1)
  if (last?.toMs === fromMs) last.toMs = toMs
  else ranges.push({ fromMs, toMs })
}
