const DAY_MS = 86_400_000

/** How much history the database of `queries` holds. */
export type HistorySize = {
  /** Logins of the days that are kept as rows. */
  logins: number
  users: number
  /** Days of counts. */
  days: number
}

/** When every history ends (Unix milliseconds; it leaves that moment out): a fixed one, so that each fill is the same. */
export const HISTORY_END_MS = Date.parse('2026-03-01T00:00:00Z')
/** As LOGIN_RETENTION_DAYS and MINUTE_RETENTION_DAYS have it by default. */
const ROW_DAYS = 30
const MINUTE_DAYS = 90

/** Moments of a history are told as days before its end. */
export const dayBeforeEnd = (days: number): string =>
  new Date(HISTORY_END_MS - days * DAY_MS).toISOString().slice(0, 10)

export const rowDays = ({ days }: HistorySize): number => Math.min(days, ROW_DAYS)
export const minuteDays = ({ days }: HistorySize): number => Math.min(days, MINUTE_DAYS)

/** Logins of one day and how many were before it. */
export type DayOfLogins = { day: string; first: number; logins: number }

/** The days that have rows, oldest first: a Sunday has three quarters of a working day's logins. */
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
