import type { Login } from '../login/login.ts'
import { ByValues } from './by-values.ts'
import { bucketMs, floorTo } from '../time/bucket.ts'
import { byList, type DimensionList, type DimensionName, dimensionNames, dimensions } from './dimensions.ts'

/** The bit of each dimension. A set of dimensions is the sum of their bits. */
export const dimensionBit = Object.fromEntries(
  dimensionNames.map((name, place) => [name, 1 << place]),
) as Record<DimensionName, number>
const bits = Object.values(dimensionBit)

export const ALL_DIMENSIONS = bits.reduce((sum, bit) => sum + bit)

/**
 * The dimension sets by which counts are kept: none, each, every two and all. Smaller sets, which have fewer
 * rows, come first.
 */
export const dimensionSets: readonly number[] = [
  0,
  ...bits,
  ...bits.flatMap((one, place) => bits.slice(place + 1).map((other) => one | other)),
  ALL_DIMENSIONS,
]

/** The first of the kept sets that has all of these dimensions. */
export function smallestSet(names: Iterable<DimensionName>): number {
  const wanted = [...names].reduce((set, name) => set | dimensionBit[name], 0)
  return dimensionSets.find((kept) => (kept & wanted) === wanted) ?? ALL_DIMENSIONS
}

/**
 * Columns of the count tables, in order: the minutes of an hour, the quarters and the hours of a day, and a
 * whole month.
 */
export const slotNames = {
  minute: slots('m', 60),
  quarter: slots('q', 96),
  hour: slots('h', 24),
  month: ['logins'],
}

function slots(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${String(i).padStart(2, '0')}`)
}

/** Names a table of counts by the length of its slots. */
export type CountSize = keyof typeof slotNames

/** Logins per bucket and dimensions, as parallel arrays: an entry has the same index in each. */
export type CountColumns = {
  /** Starts of the buckets (UTC), Unix milliseconds. */
  buckets: number[]
  logins: number[]
} & Record<DimensionList, string[]>

/** Counts logins by minute of the event and by all dimensions. */
export class MinuteCounts {
  readonly columns: CountColumns = { buckets: [], ...byList(() => []), logins: [] }
  readonly #values = dimensions.map(({ list, read }) => ({ read, values: this.columns[list] }))
  readonly #minutes = new Map<number, ByValues<number>>()
  /** The minute of `#places`, which most logins share with the login before them. */
  #minute = NaN
  #places = new ByValues<number>(dimensions)

  /** Counts a login. Returns the index of its entry in `columns`. */
  add(login: Login): number {
    const minute = floorTo(login.eventTimeMs, bucketMs.minute)
    if (minute !== this.#minute) this.#turnTo(minute)
    const place = this.#places.of(login, this.#append)
    this.columns.logins[place] = (this.columns.logins[place] ?? 0) + 1
    return place
  }

  #turnTo(minute: number): void {
    this.#minute = minute
    this.#places = this.#minutes.get(minute) ?? new ByValues<number>(dimensions)
    this.#minutes.set(minute, this.#places)
  }

  readonly #append = (login: Login): number => {
    this.columns.buckets.push(this.#minute)
    for (const { read, values } of this.#values) values.push(read(login))
    return this.columns.logins.push(0) - 1
  }
}
