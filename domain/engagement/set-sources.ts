import { bucketMs, QUARTER_MS, type TimeBucket } from '../time/bucket.ts'
import type { Calendar } from '../time/calendar.ts'
import { DAY_MS, type DayRange } from '../time/period.ts'
import { QUARTERS_PER_DAY, spanLengths } from './active-spans.ts'
import { wholeDays } from './cover-cells.ts'

/**
 * What the members of a span are counted by: the span itself, or the days of UTC that have its dates, because what could
 * answer for the span is no longer kept.
 */
export type SetBasis = 'time_zone' | 'utc_days'

/** A span that is made (active-spans.ts): so many days from a quarter of a day (since 1970-01-01) on. */
export type MadeSpan = { days: number; day: number; quarter: number }

/** What answers a span: the bitmaps of days, a span that is made, or what was active in its cells (cover-cells.ts). */
export type SetSource =
  | { kind: 'days'; days: DayRange }
  | { kind: 'made'; made: MadeSpan; span: TimeBucket }
  | { kind: 'cells'; span: TimeBucket }

/** What there is to answer with, for some kind, filter and groups. */
export type HeldSets = {
  /** Whether bitmaps of days know the members. */
  areInBitmaps: boolean
  /** The first day whose bitmaps tell logins and failures apart. Before it the lists are preferred. */
  exactFrom: number
  /** From when on lists by hour are kept (Unix milliseconds), always the start of a day. */
  listsFromMs: number
  /** Whether spans that have something of a day say all that the lists do; null: no spans are made of these members. */
  isDayMade: ((day: number) => boolean) | null
}

/** A span to count in, and what there is to answer with. */
type SpanToCount = { span: TimeBucket; held: HeldSets }

/**
 * Finds what answers spans that belong together: all of them by the spans themselves, or all by days of UTC.
 * @returns in their order; null: nothing that is kept does
 */
export function sourcesOf(
  spans: readonly SpanToCount[],
  calendar: Pick<Calendar, 'startOf' | 'wall'>,
): { basis: SetBasis; sources: SetSource[] } | null {
  const exact = spans.map(sourceOf)
  if (exact.every((source) => source !== null)) return { basis: 'time_zone', sources: exact }
  const dates = spans.map(({ span, held }) => (held.areInBitmaps ? datesOf(span, calendar) : null))
  if (!dates.every((days) => days !== null)) return null
  return { basis: 'utc_days', sources: dates.map((days) => ({ kind: 'days', days })) }
}

function sourceOf({ span, held }: SpanToCount): SetSource | null {
  // A look at two numbers, where each day has a bitmap of everybody.
  const made = madeSpan(span, held)
  if (made !== null) return { kind: 'made', made, span }
  const days = daysOfSpan(span)
  if (days !== null && held.areInBitmaps && (days.from >= held.exactFrom || span.fromMs < held.listsFromMs))
    return { kind: 'days', days }
  return areCellsKept(span, held) ? { kind: 'cells', span } : null
}

/** The days (UTC) that a span is made of; null: it has parts of days. */
export function daysOfSpan(span: TimeBucket): DayRange | null {
  const days = wholeDays(span)
  return days.from * DAY_MS === span.fromMs && days.to * DAY_MS === span.toMs ? days : null
}

function madeSpan({ fromMs, toMs }: TimeBucket, { isDayMade, listsFromMs }: HeldSets): MadeSpan | null {
  const days = (toMs - fromMs) / bucketMs.day
  const isMadeLength = spanLengths.some((length) => length === days)
  if (isDayMade === null || !isMadeLength || fromMs % QUARTER_MS !== 0 || fromMs < listsFromMs) return null
  const [first, end] = [Math.floor(fromMs / DAY_MS), Math.ceil(toMs / DAY_MS)]
  for (let day = first; day < end; day++) if (!isDayMade(day)) return null
  return { days, day: first, quarter: (fromMs / QUARTER_MS) % QUARTERS_PER_DAY }
}

/** Whether lists are kept of all that bitmaps do not answer. */
function areCellsKept(span: TimeBucket, { areInBitmaps, listsFromMs }: HeldSets): boolean {
  if (span.fromMs >= listsFromMs) return true
  const days = wholeDays(span)
  if (!areInBitmaps || days.from >= days.to || days.from * DAY_MS !== span.fromMs) return false
  return days.to * DAY_MS === span.toMs || days.to * DAY_MS >= listsFromMs
}

/** With fewer whole days, the lists of their hours are smaller than a bitmap of everybody. */
const MIN_DAYS_OF_BITMAPS = 3

/** Whether the whole days within a cell are read from bitmaps and not from lists. */
export const areReadByDays =
  ({ areInBitmaps, exactFrom, listsFromMs }: HeldSets) =>
  ({ from, to }: DayRange): boolean =>
    areInBitmaps && (from * DAY_MS < listsFromMs || (from >= exactFrom && to - from >= MIN_DAYS_OF_BITMAPS))

/** The days of UTC with the dates of a span of whole days by the calendar; null: it has parts of days. */
function datesOf(
  { fromMs, toMs }: TimeBucket,
  { startOf, wall }: Pick<Calendar, 'startOf' | 'wall'>,
): DayRange | null {
  if (startOf('day', fromMs) !== fromMs || startOf('day', toMs) !== toMs) return null
  const dateOf = (ms: number) => Math.floor(wall(ms) / DAY_MS)
  return { from: dateOf(fromMs), to: dateOf(toMs) }
}

/** Whether bitmaps are read that have failures among the logins. */
export function hasOldHalves(source: SetSource, { exactFrom, listsFromMs }: HeldSets): boolean {
  if (source.kind === 'made') return false
  if (source.kind === 'days') return source.days.from < exactFrom
  return source.span.fromMs < listsFromMs && source.span.fromMs < exactFrom * DAY_MS
}
