import type { RejectReason } from '../login/login.ts'
import { DAY_MS } from '../time/period.ts'
import { describe } from '../login/reject-detail.ts'
import { parseRfc3339 } from './rfc3339.ts'

export type EventTimeProblem = { reason: Extract<RejectReason, `timestamp_${string}`>; detail: string }

export type EventTimeBounds = {
  /** Unix milliseconds that count as now. */
  nowMs: number
  /** Events more days than this before now are rejected; null rejects none. */
  maxAgeDays: number | null
}

/** Clocks of devices run ahead. A larger tolerance would move the watermark to where no login is. */
export const FUTURE_TOLERANCE_MS = 60 * 60 * 1000

/**
 * The size of a number tells its unit: the first unit whose `max` is not exceeded. As a date, each `max` lies
 * in the year 5138 in its own unit and in 1973 in the next one.
 */
const units = [
  { name: 'seconds', max: 1e11, decimalsToMs: 3 },
  { name: 'milliseconds', max: 1e14, decimalsToMs: 0 },
  { name: 'microseconds', max: 1e17, decimalsToMs: -3 },
  { name: 'nanoseconds', max: 1e20, decimalsToMs: -6 },
] as const
type Unit = (typeof units)[number]

export const EXPECTED_TIMESTAMP =
  'it must be Unix seconds, milliseconds, microseconds or nanoseconds, or RFC 3339 text with an offset'

/**
 * Converts a timestamp to Unix milliseconds: a number, a number as text, or RFC 3339 text with an offset. It
 * cuts off what is finer than a millisecond.
 * @param sent returns the digits of a number as they were sent, for a number that a double may not hold
 */
export function readEventTime(
  timestamp: number | string,
  sent: () => string,
  bounds: EventTimeBounds,
): number | EventTimeProblem {
  if (typeof timestamp === 'number')
    return isWhole(timestamp) ? readWhole(timestamp, bounds) : readDigits(sent(), bounds)
  const text = timestamp.trim()
  if (decimal.test(text)) {
    const value = Number(text)
    return isWhole(value) && wholeDigits.test(text) ? readWhole(value, bounds) : readDigits(text, bounds)
  }
  const eventTimeMs = parseRfc3339(text)
  if (eventTimeMs === null) return invalid(text)
  return isWithin(eventTimeMs, bounds) ? eventTimeMs : outside(eventTimeMs, bounds, `timestamp "${text}" is`)
}

/** Whether a number has the form that nearly all producers send: whole seconds or milliseconds. */
const isWhole = (value: number): boolean => Number.isInteger(value) && value > 0 && value <= units[1].max

function readWhole(value: number, bounds: EventTimeBounds): number | EventTimeProblem {
  const unit = value <= units[0].max ? units[0] : units[1]
  const eventTimeMs = unit === units[0] ? value * 1000 : value
  if (isWithin(eventTimeMs, bounds)) return eventTimeMs
  return outside(eventTimeMs, bounds, `timestamp ${value} read as ${unit.name} is`)
}

function readDigits(digits: string, bounds: EventTimeBounds): number | EventTimeProblem {
  const value = Number(digits)
  if (value <= 0)
    return { reason: 'timestamp_not_positive', detail: `timestamp is ${digits}: ${EXPECTED_TIMESTAMP}` }
  const unit = units.find(({ max }) => value <= max)
  if (unit === undefined) {
    const detail = `timestamp ${digits} is too large even for nanoseconds: ${EXPECTED_TIMESTAMP}`
    return { reason: 'timestamp_in_future', detail }
  }
  const eventTimeMs = toMs(digits, unit)
  if (isWithin(eventTimeMs, bounds)) return eventTimeMs
  return outside(eventTimeMs, bounds, `timestamp ${digits} read as ${unit.name} is`)
}

const wholeDigits = /^\d+$/
const decimal = /^([+-]?\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Converts exactly where a double would round. */
function toMs(digits: string, { decimalsToMs }: Unit): number {
  const [, whole = '0', fraction = '', exponent = '0'] = decimal.exec(digits) ?? []
  const shift = Number(exponent) - fraction.length + decimalsToMs
  const all = BigInt(whole + fraction)
  return Number(shift >= 0 ? all * 10n ** BigInt(shift) : all / 10n ** BigInt(-shift))
}

/** Whether an event time is acceptable for a login. */
const isWithin = (eventTimeMs: number, { nowMs, maxAgeDays }: EventTimeBounds): boolean =>
  eventTimeMs > 0 &&
  eventTimeMs <= nowMs + FUTURE_TOLERANCE_MS &&
  (maxAgeDays === null || eventTimeMs >= nowMs - maxAgeDays * DAY_MS)

/** Explains why an event time is not acceptable; `what` says how the timestamp was read. */
function outside(
  eventTimeMs: number,
  { nowMs, maxAgeDays }: EventTimeBounds,
  what: string,
): EventTimeProblem {
  const is = `${what} ${moment(eventTimeMs)}`
  if (eventTimeMs <= 0) return { reason: 'timestamp_not_positive', detail: `${is}: ${EXPECTED_TIMESTAMP}` }
  if (eventTimeMs > nowMs) {
    const detail = `${is}, more than an hour after ${moment(nowMs)}: is the unit or the clock wrong?`
    return { reason: 'timestamp_in_future', detail }
  }
  const floor = moment(nowMs - (maxAgeDays ?? 0) * DAY_MS)
  const detail = `${is}, before ${floor} (EVENT_MAX_AGE_DAYS): is the unit or the clock wrong?`
  return { reason: 'timestamp_too_old', detail }
}

const moment = (timeMs: number): string => new Date(timeMs).toISOString()

const WITHOUT_OFFSET = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?$/

const invalid = (text: string): EventTimeProblem => ({
  reason: 'timestamp_invalid',
  detail:
    `timestamp is ${describe(text)}${WITHOUT_OFFSET.test(text) ? ', which has no time zone' : ''}: ` +
    EXPECTED_TIMESTAMP,
})
