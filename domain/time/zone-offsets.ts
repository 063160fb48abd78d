import { DAY_MS } from './period.ts'

/**
 * Offsets of a zone's clock from UTC in milliseconds, and the moments (Unix milliseconds) at which they
 * change.
 */
export type ZoneOffsets = {
  at: (ms: number) => number
  /** The first change after `ms` and at or before `lastMs`; null if there is none. */
  changeAfter: (ms: number, lastMs: number) => number | null
  /** The last change at or before `ms` and after `sinceMs`; null if there is none. */
  changeBefore: (ms: number, sinceMs: number) => number | null
}

const SECOND_MS = 1_000
/**
 * Distance at which offsets are looked up. Since 1900 no clock of the IANA database has changed twice within
 * four days; Africa/Freetown in September 1939 comes closest.
 */
const STEP_MS = 3 * DAY_MS
/** Number of steps remembered per zone: some forty years. */
const MAX_STEPS = 5_000

/**
 * Offsets from the runtime's IANA database, exact to the second.
 * @throws {RangeError} the time zone does not exist
 */
export function zoneOffsets(timeZone: string): ZoneOffsets {
  const ask = askIntl(timeZone)
  const offsetOf = remembered((step) => ask(step * STEP_MS))
  /** The change after the start of a step, or at its end; null if there is none. */
  const changeIn = remembered((step) => {
    const before = offsetOf(step)
    if (before === offsetOf(step + 1)) return null
    let [low, high] = [(step * STEP_MS) / SECOND_MS, ((step + 1) * STEP_MS) / SECOND_MS]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (ask(middle * SECOND_MS) === before) low = middle
      else high = middle
    }
    return high * SECOND_MS
  })
  return {
    at(ms) {
      const step = stepOf(ms)
      const change = changeIn(step)
      return offsetOf(change === null || ms < change ? step : step + 1)
    },
    changeAfter(ms, lastMs) {
      for (let step = stepOf(ms); step * STEP_MS < lastMs; step++) {
        const change = changeIn(step)
        if (change !== null && change > ms) return change <= lastMs ? change : null
      }
      return null
    },
    changeBefore(ms, sinceMs) {
      for (let step = stepOf(ms); (step + 1) * STEP_MS > sinceMs; step--) {
        const change = changeIn(step)
        if (change !== null && change <= ms) return change > sinceMs ? change : null
      }
      return null
    },
  }
}

const stepOf = (ms: number): number => Math.floor(ms / STEP_MS)

/** Asks Intl for the offset, which takes microseconds. */
function askIntl(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', hourCycle: 'h23', era: 'short' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  return (ms) => {
    // The text looks like "1/31/2026 A, 09:30:00". formatToParts would take three times as long.
    const text = format.format(ms)
    const [month = 0, day = 0, year = 0, ...time] = Array.from(text.matchAll(/\d+/g), Number)
    const [hour = 0, minute = 0, second = 0] = time
    // Date.UTC would take the years 0 to 99 for 1900 to 1999.
    const wall = new Date(0)
    wall.setUTCFullYear(text.includes('B') ? 1 - year : year, month - 1, day)
    wall.setUTCHours(hour, minute, second)
    return wall.getTime() - ms
  }
}

/** Remembers results. It forgets all of them when it is full, because clients choose the times. */
function remembered<Value>(compute: (step: number) => Value): (step: number) => Value {
  const known = new Map<number, Value>()
  return (step) => {
    const held = known.get(step)
    if (held !== undefined) return held
    if (known.size >= MAX_STEPS) known.clear()
    const value = compute(step)
    known.set(step, value)
    return value
  }
}
