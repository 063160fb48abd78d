import type { ActiveSpans } from './active-spans.ts'
import { listedNumbers } from './read-numbers.ts'

const MINUTES_PER_QUARTER = 15
const QUARTERS_PER_HOUR = 4

/** Who was active in an hour: numbers in the order of quarters, and where each of the four ends. */
export type HourOfActivity = { quarter: number; users: Int32Array; ends: Int32Array }

/** The users whose number leaves `place` when it is divided by `of`. What slices count adds up to what all users do. */
export type UserSlice = { of: number; place: number }

const everybody: UserSlice = { of: 1, place: 0 }

/** Who was active in which quarter of an hour, by value. */
export class ActivityByValue {
  readonly #slice: UserSlice
  readonly #hours = new Map<string, HourOfActivity[]>()
  readonly #logins = new Map<string, number>()

  /** @param slice the users that are kept, to hold less at once */
  constructor(slice = everybody) {
    this.#slice = slice
  }

  /**
   * Adds the logins of an hour and value. Call it in the order of hours.
   * @param quarter number of the hour's first quarter
   * @param minutes of the hour, a byte a login
   * @param users numbers of 4 bytes, big-endian, a login each
   */
  add(quarter: number, value: string, minutes: Uint8Array, users: Uint8Array): void {
    const hours = this.#hours.get(value) ?? []
    hours.push({ quarter, ...byQuarter(minutes, users, this.#slice) })
    this.#hours.set(value, hours)
    this.#logins.set(value, (this.#logins.get(value) ?? 0) + minutes.length)
  }

  /** The values with at least so many logins, of all users. */
  valuesWith(logins: number): string[] {
    return [...this.#hours.keys()].filter((value) => (this.#logins.get(value) ?? 0) >= logins)
  }

  /** The hours of a value, in their order. */
  hoursOf(value: string): readonly HourOfActivity[] {
    return this.#hours.get(value) ?? []
  }
}

export function addHour(spans: ActiveSpans, { quarter, users, ends }: HourOfActivity): void {
  for (let place = 0; place < QUARTERS_PER_HOUR; place++)
    spans.add(quarter + place, users.subarray(ends[place - 1] ?? 0, ends[place]))
}

function byQuarter(
  minutes: Uint8Array,
  packed: Uint8Array,
  { of, place: remainder }: UserSlice,
): Pick<HourOfActivity, 'users' | 'ends'> {
  const numbers = listedNumbers(packed)
  const quarterAt = (place: number) => Math.floor((minutes[place] ?? 0) / MINUTES_PER_QUARTER)
  const isIn = (place: number) => (numbers[place] ?? 0) % of === remainder
  const ends = new Int32Array(QUARTERS_PER_HOUR)
  for (let place = 0; place < minutes.length; place++)
    if (isIn(place))
      for (let quarter = quarterAt(place); quarter < QUARTERS_PER_HOUR; quarter++)
        ends[quarter] = (ends[quarter] ?? 0) + 1
  const next = Int32Array.from(ends, (_, quarter) => ends[quarter - 1] ?? 0)
  const users = new Int32Array(ends.at(-1) ?? 0)
  for (let place = 0; place < minutes.length; place++) {
    if (!isIn(place)) continue
    const quarter = quarterAt(place)
    const at = next[quarter] ?? 0
    users[at] = numbers[place] ?? 0
    next[quarter] = at + 1
  }
  return { users, ends }
}
