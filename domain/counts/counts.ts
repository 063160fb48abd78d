import type { Combination } from '../columns/combinations.ts'
import { combinationAt, type LoginColumns } from '../columns/login-columns.ts'
import { bucketMs, floorTo } from '../time/bucket.ts'
import { byList, type DimensionList, type DimensionName, dimensionNames, dimensions } from './dimensions.ts'

/**
 * Attempts of some buckets, as indexes into the list of buckets, for one value of each dimension that was read.
 */
export type Counts = { places: number[]; logins: number[] } & Partial<Record<DimensionName, string>>

/** The bit of each dimension. A set of dimensions is the sum of their bits. */
export const dimensionBit = Object.fromEntries(
  dimensionNames.map((name, place) => [name, 1 << place]),
) as Record<DimensionName, number>
const bits = Object.values(dimensionBit)

export const ALL_DIMENSIONS = bits.reduce((sum, bit) => sum + bit)

const pairs = bits.flatMap((one, place) => bits.slice(place + 1).map((other) => one | other))

/**
 * The dimension sets by which all logins are counted: none, each, every two and all. Smaller sets, which have fewer
 * rows, come first.
 */
export const dimensionSets: readonly number[] = [0, ...bits, ...pairs, ALL_DIMENSIONS]

/**
 * The sets by which failures alone are counted: every two dimensions beside outcome. So whatever logins are counted by
 * has its failures in a set of about as few rows, and who sends no outcomes has no such rows.
 */
export const failureSets: readonly number[] = pairs
  .filter((pair) => (pair & dimensionBit.outcome) === 0)
  .map((pair) => pair | dimensionBit.outcome)

/** All sets, each of all logins or of failures alone. */
export const keptSets: readonly number[] = [...dimensionSets, ...failureSets]

const setsOfFailures = [...dimensionSets.slice(0, -1), ...failureSets, ALL_DIMENSIONS]

/**
 * The smallest of the kept sets that has all of these dimensions.
 * @param outcomes of the logins that are asked for; null: any
 */
export function smallestSet(
  names: Iterable<DimensionName>,
  outcomes: readonly string[] | null = null,
): number {
  const wanted = [...names].reduce((set, name) => set | dimensionBit[name], 0)
  const isOfFailures = outcomes?.every((outcome) => outcome === 'failure') === true
  const sets = isOfFailures ? setsOfFailures : dimensionSets
  return sets.find((kept) => (kept & wanted) === wanted) ?? ALL_DIMENSIONS
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
  /** Of the logins that were added last: the index of the entry of each in `columns`. */
  entries = new Int32Array(0)
  readonly #values = dimensions.map(({ list, read }) => ({ read, values: this.columns[list] }))
  readonly #minutes = new Map<number, Map<Combination, number>>()
  /** The minute of `#entriesOf`, which most logins share with the login before them. */
  #minute = NaN
  #entriesOf = new Map<Combination, number>()

  add(columns: LoginColumns): void {
    const { count, eventTimes } = columns
    if (this.entries.length < count) this.entries = new Int32Array(count)
    const { logins } = this.columns
    for (let login = 0; login < count; login++) {
      const minute = floorTo(eventTimes[login] ?? NaN, bucketMs.minute)
      if (minute !== this.#minute) this.#turnTo(minute)
      const combination = combinationAt(columns, login)
      const entry = this.#entriesOf.get(combination) ?? this.#append(combination)
      this.entries[login] = entry
      logins[entry] = (logins[entry] ?? 0) + 1
    }
  }

  #turnTo(minute: number): void {
    this.#minute = minute
    this.#entriesOf = this.#minutes.get(minute) ?? new Map<Combination, number>()
    this.#minutes.set(minute, this.#entriesOf)
  }

  #append(combination: Combination): number {
    this.columns.buckets.push(this.#minute)
    for (const { read, values } of this.#values) values.push(read(combination.login))
    const entry = this.columns.logins.push(0) - 1
    this.#entriesOf.set(combination, entry)
    return entry
  }
}
