import type { RejectReason } from './login.ts'

type EventTimeProblem = Extract<RejectReason, `timestamp_${string}`>

// 1e11 seconds is the year 5138, 1e11 milliseconds is 1973: no login is near either.
const MILLISECONDS_ABOVE = 1e11
// Clocks of devices run ahead; more than this would move the watermark where no login is.
const FUTURE_TOLERANCE_MS = 60 * 60 * 1000

/** Unix milliseconds of a timestamp: whole seconds, or milliseconds above 1e11, as a number or as decimal digits. */
export function readEventTime(timestamp: unknown, nowMs: number): number | EventTimeProblem {
  if (timestamp === undefined || timestamp === null) return 'timestamp_missing'
  const value = typeof timestamp === 'string' ? parseDigits(timestamp) : timestamp
  if (typeof value !== 'number') return 'timestamp_invalid'
  // A number too large for a double is Infinity: whole, and in the future.
  if (!Number.isInteger(value) && Number.isFinite(value)) return 'timestamp_invalid'
  if (value <= 0) return 'timestamp_not_positive'
  const eventTimeMs = value > MILLISECONDS_ABOVE ? value : value * 1000
  return eventTimeMs > nowMs + FUTURE_TOLERANCE_MS ? 'timestamp_in_future' : eventTimeMs
}

const parseDigits = (text: string) => (/^-?[0-9]+$/.test(text) ? Number(text) : null)
