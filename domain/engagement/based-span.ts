import type { TimeBucket } from '../time/bucket.ts'
import type { Calendar } from '../time/calendar.ts'
import { DAY_MS } from '../time/period.ts'
import { type SetBasis, sourcesOf } from './set-sources.ts'

/** A span of time by the clock of a zone, and the span that is counted for it; both in Unix milliseconds. */
export type BasedSpan = { range: TimeBucket; counted: TimeBucket; setBasis: SetBasis }

/**
 * Decides what a span of whole days of a calendar is counted by. Bitmaps know whole days of UTC at any age; a day
 * of UTC that the span cuts needs the lists by hour.
 * @param listsFromMs from when on the lists are kept; midnight of UTC
 */
export function basedSpan(
  range: TimeBucket,
  calendar: Pick<Calendar, 'startOf' | 'wall'>,
  listsFromMs: number,
): BasedSpan {
  const held = { areInBitmaps: true, exactFrom: -Infinity, listsFromMs, isDayMade: null }
  const found = sourcesOf([{ span: range, held }], calendar)
  const [source] = found?.sources ?? []
  if (found?.basis !== 'utc_days' || source?.kind !== 'days')
    return { range, counted: range, setBasis: 'time_zone' }
  const { from, to } = source.days
  return { range, counted: { fromMs: from * DAY_MS, toMs: to * DAY_MS }, setBasis: 'utc_days' }
}
