import type { Calendar } from '../time/calendar.ts'
import type { TimeBucket } from '../time/bucket.ts'

/** An hour of a weekday (1 Monday to 7 Sunday) by the clock of a zone. */
export type HeatmapCell = { weekday: number; hour: number; logins: bigint; occurrences: number }

/**
 * Hours of a range by weekday and hour of the clock, all 168 in order. An hour that the clock repeats occurs twice, one
 * that it skips not at all.
 * @param logins by place in `hours`
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
