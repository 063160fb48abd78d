import type { DimensionName } from './dimensions.ts'
import { usRegionOf } from '../fields/us-region.ts'

/** What a series can be grouped by. The US region is derived from the locale. */
export type GroupName = DimensionName | 'us_region'

export const dimensionOf = (name: GroupName): DimensionName => (name === 'us_region' ? 'locale' : name)

/**
 * Logins of some buckets, as indexes into the list of buckets, for one value of each dimension that was read.
 */
export type Counts = { places: number[]; logins: bigint[] } & Partial<Record<DimensionName, string>>

export type Series = {
  /** The values that this series is about, one for each thing it is grouped by. */
  values: Partial<Record<GroupName, string>>
  /** Indexes of the buckets that have logins, in order. */
  places: readonly number[]
  /** Logins of the bucket at the same index in `places`. */
  logins: readonly bigint[]
  total: bigint
}

/** No value can contain this separator, because decoding refuses NUL everywhere. */
const SEPARATOR = '\0'

/**
 * Adds up counts as series, in order of their values. A series has no bucket whose logins add up to 0, and a
 * series without buckets is left out.
 */
export function seriesOf(counts: readonly Counts[], groupBy: readonly GroupName[]): Map<string, Series> {
  const alike = Map.groupBy(counts, (count) => groupBy.map((name) => valueOf(count, name)).join(SEPARATOR))
  const sums = zerosFor(counts)
  const found = [...alike].map(([key, same]): [string, Series] => {
    const values = key.split(SEPARATOR)
    return [
      key,
      { values: Object.fromEntries(groupBy.map((name, i) => [name, values[i]])), ...addUp(same, sums) },
    ]
  })
  return new Map(
    found.filter(([, { places }]) => places.length > 0).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  )
}

/**
 * An array with a zero for each bucket up to the last one. Maps would be slow for a year of hours, which has
 * tens of thousands of counts.
 */
function zerosFor(counts: readonly Counts[]): bigint[] {
  const last = counts.reduce((last, { places }) => places.reduce((a, b) => Math.max(a, b), last), -1)
  return new Array<bigint>(last + 1).fill(0n)
}

/** @param sums zeros; they are zero again when the function returns */
function addUp(counts: readonly Counts[], sums: bigint[]): Omit<Series, 'values'> {
  const seen: number[] = []
  for (const { places, logins } of counts)
    places.forEach((place, i) => {
      const [held, added] = [sums[place] ?? 0n, logins[i] ?? 0n]
      seen.push(place)
      sums[place] = held === 0n ? added : held + added
    })
  seen.sort((a, b) => a - b)
  const places = seen.filter((place, i) => place !== seen[i - 1] && sums[place] !== 0n)
  const logins = places.map((place) => sums[place] ?? 0n)
  for (const place of seen) sums[place] = 0n
  return { places, logins, total: logins.reduce((total, one) => total + one, 0n) }
}

const valueOf = (count: Counts, name: GroupName): string =>
  name === 'us_region' ? usRegionOf(count.locale ?? '') : (count[name] ?? '')

/** Logins of the bucket at an index of the list of buckets. */
export function loginsAt({ places, logins }: Series, place: number): bigint {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) < place) low = middle + 1
    else high = middle
  }
  return places[low] === place ? (logins[low] ?? 0n) : 0n
}

/** Logins of each of `buckets` buckets, by index. */
export function loginsByPlace({ places, logins }: Series, buckets: number): bigint[] {
  const all = new Array<bigint>(buckets).fill(0n)
  places.forEach((place, i) => (all[place] = logins[i] ?? 0n))
  return all
}

/** Index of the first bucket with the most logins; null if no bucket has any. */
export function peakOf({ places, logins }: Series): number | null {
  let peak = 0
  logins.forEach((one, i) => {
    if (one > (logins[peak] ?? 0n)) peak = i
  })
  return places[peak] ?? null
}

/** Logins of all series together, by index of the bucket. */
export function totalsOf(series: Iterable<Series>): Map<number, bigint> {
  const totals = new Map<number, bigint>()
  for (const { places, logins } of series)
    places.forEach((place, i) => totals.set(place, (totals.get(place) ?? 0n) + (logins[i] ?? 0n)))
  return totals
}

/** Share between 0 and 1; 0 if the whole is 0. */
export const shareOf = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number(part) / Number(whole)
