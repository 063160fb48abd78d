import type { Calendar } from '../time/calendar.ts'
import type { TimeBucket } from '../time/bucket.ts'

/** Logins in one hour of one weekday (1 is Monday, 7 is Sunday), by the clock of a zone. */
export type HeatmapCell = { weekday: number; hour: number; logins: bigint; occurrences: number }

/**
 * Adds up the hours of a range by weekday and hour of the clock. Returns all 168 cells in order. An hour that
 * the clock repeats occurs twice, one that it skips does not occur.
 * @param logins logins of each of the `hours`, by index
 */
export function heatmapOf(
  { weekHour }: Pick<Calendar, 'weekHour'>,
  hours: readonly TimeBucket[],
  logins: readonly bigint[],
): HeatmapCell[] {
  const cells = Array.from({ length: 7 * 24 }, (_, i) => ({
    weekday: Math.floor(i / 24) + 1,
    hour: i % 24,
    logins: 0n,
    occurrences: 0,
  }))
  hours.forEach(({ fromMs }, place) => {
    const { weekday, hour } = weekHour(fromMs)
    const cell = cells[(weekday - 1) * 24 + hour]
    if (cell === undefined) return
    cell.occurrences++
    cell.logins += logins[place] ?? 0n
  })
  return cells
}
