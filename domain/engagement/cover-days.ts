import type { TimeBucket } from '../time/bucket.ts'
import { DAY_MS, dayOf, type DayRange } from '../time/period.ts'
import { wholeDays } from './cover-cells.ts'

/** Splits a span into its whole days of UTC and the parts of days before and after them. */
export function daysAndEdges({ fromMs, toMs }: TimeBucket): { days: DayRange; edges: TimeBucket[] } {
  const days = wholeDays({ fromMs, toMs })
  if (days.from > days.to) return { days: { from: days.to, to: days.to }, edges: [{ fromMs, toMs }] }
  const edges = [
    { fromMs, toMs: days.from * DAY_MS },
    { fromMs: days.to * DAY_MS, toMs },
  ]
  return { days, edges: edges.filter((edge) => edge.fromMs < edge.toMs) }
}

/**
 * The days (UTC) from that on which a span begins to the one before that on which it ends. Those who were first
 * seen in the span are those who were first seen on these days or on that of its end before it (dayBefore), but
 * not on that of its beginning before it.
 */
export const firstDaysOf = ({ fromMs, toMs }: TimeBucket): DayRange => ({
  from: dayOf(fromMs),
  to: dayOf(toMs),
})

/** The part of its day (UTC) that comes before a moment. */
export const dayBefore = (ms: number): TimeBucket => ({ fromMs: dayOf(ms) * DAY_MS, toMs: ms })

/** Where a span cuts a day of UTC. */
export const cutsOf = ({ fromMs, toMs }: TimeBucket): number[] =>
  [fromMs, toMs].filter((ms) => dayOf(ms) * DAY_MS !== ms)
