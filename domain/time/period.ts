/** Calendar periods of UTC. Weeks start on Monday (ISO 8601). */
export const periods = ['day', 'week', 'month'] as const
export type Period = (typeof periods)[number]

export const DAY_MS = 86_400_000

/** First day of the period that contains `day`. Both are in days since 1970-01-01, which was a Thursday. */
export function periodStart(period: Period, day: number): number {
  if (period === 'day') return day
  if (period === 'week') return day - ((((day + 3) % 7) + 7) % 7)
  const date = new Date(day * DAY_MS)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS
}

/**
 * First day of the period `count` periods after the one that begins on `start`; a negative `count` goes back.
 */
export function periodAfter(period: Period, start: number, count = 1): number {
  if (period === 'day') return start + count
  if (period === 'week') return start + 7 * count
  const date = new Date(start * DAY_MS)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1) / DAY_MS
}

/** Days since 1970-01-01, `from` included and `to` not. */
export type DayRange = { from: number; to: number }

export type PeriodStart = { period: Period; start: number }

/**
 * Periods whose union is the days [from, to), as few as possible: months, then weeks, then days. They may
 * overlap.
 */
export function coverDays(from: number, to: number): PeriodStart[] {
  const isWhole = (period: Period, day: number) =>
    periodStart(period, day) >= from && periodAfter(period, periodStart(period, day)) <= to
  const covering = new Map<string, PeriodStart>()
  for (let day = from; day < to; day++) {
    const period = isWhole('month', day) ? 'month' : isWhole('week', day) ? 'week' : 'day'
    const start = periodStart(period, day)
    covering.set(`${period} ${start}`, { period, start })
  }
  return [...covering.values()]
}

/** Writes a day, given in days since 1970-01-01, as `2026-03-01`. */
export const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
/** The day (days since 1970-01-01) of a moment in Unix milliseconds. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)
