const DAY_MS = 86_400_000

/** How much history the database of `npm run bench -- queries` holds. */
export type HistorySize = {
  /** Logins that are kept as rows. */
  logins: number
  users: number
  /** Days of counts. */
  days: number
}

/**
 * The end of every history (Unix milliseconds, not included). It is fixed, so that every fill has the same
 * result.
 */
export const HISTORY_END_MS = Date.parse('2026-03-01T00:00:00Z')
/** The defaults of LOGIN_RETENTION_DAYS and MINUTE_RETENTION_DAYS. */
const ROW_DAYS = 30
const MINUTE_DAYS = 90

/** The day (such as 2026-02-28) that is so many days before the end of the history. */
export const dayBeforeEnd = (days: number): string =>
  new Date(HISTORY_END_MS - days * DAY_MS).toISOString().slice(0, 10)

export const rowDays = ({ days }: HistorySize): number => Math.min(days, ROW_DAYS)
export const minuteDays = ({ days }: HistorySize): number => Math.min(days, MINUTE_DAYS)

/** The logins of a day, and how many logins come before it. */
export type DayOfLogins = { day: string; first: number; logins: number }

/** The days that have rows, oldest first. A Sunday has three quarters of the logins of another day. */
export function daysOfLogins(size: HistorySize): DayOfLogins[] {
  const days = Array.from({ length: rowDays(size) }, (_, i) => dayBeforeEnd(rowDays(size) - i))
  const weights = days.map((day) => (new Date(day).getUTCDay() === 0 ? 3 : 4))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let weight = 0
  return days.map((day, i) => {
    const first = Math.round((size.logins * weight) / whole)
    weight += weights[i] ?? 0
    return { day, first, logins: Math.round((size.logins * weight) / whole) - first }
  })
}
