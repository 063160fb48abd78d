import { DAY_MS } from './period.ts'

/** Offsets of a zone's clock from UTC, milliseconds, and the moments (Unix milliseconds) at which they change. */
export type ZoneOffsets = {
  at: (ms: number) => number
  /** The first change after a moment and up to another; null: there is none. */
  changeAfter: (ms: number, lastMs: number) => number | null
  /** The last change at or before a moment and after another; null: there is none. */
  changeBefore: (ms: number, sinceMs: number) => number | null
}

const SECOND_MS = 1_000
/**
 * How far apart offsets are asked for. Since 1900 no clock of the IANA database changed twice within four days; those of
 * Africa/Freetown in September 1939 come next to it.
 */
const STEP_MS = 3 * DAY_MS
/** Steps that are remembered of a zone: some forty years. */
const MAX_STEPS = 5_000

/**
 * From the runtime's IANA database, to the second.
 * @throws {RangeError} no such time zone
 */
export function zoneOffsets(timeZone: string): ZoneOffsets {
  const ask = askIntl(timeZone)
  const offsetOf = remembered((step) => ask(step * STEP_MS))
  /** After the start of a step, or at its end. */
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

/** The offset as Intl tells it, which takes microseconds. */
function askIntl(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', hourCycle: 'h23', era: 'short' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  return (ms) => {
    // As in "1/31/2026 A, 09:30:00"; by parts it takes three times as long.
    const text = format.format(ms)
    const [month = 0, day = 0, year = 0, ...time] = Array.from(text.matchAll(/\d+/g), Number)
    const [hour = 0, minute = 0, second = 0] = time
    // Date.UTC takes the years 0 to 99 for 1900 to 1999.
    const wall = new Date(0)
    wall.setUTCFullYear(text.includes('B') ? 1 - year : year, month - 1, day)
    wall.setUTCHours(hour, minute, second)
    return wall.getTime() - ms
  }
}

/** Forgets all when it is full: clients choose the time. */
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
