import type { DimensionName } from './dimensions.ts'
import { usRegionOf } from '../fields/us-region.ts'

/** What series are told apart by; a region is that of the locale. */
export type GroupName = DimensionName | 'us_region'

export const dimensionOf = (name: GroupName): DimensionName => (name === 'us_region' ? 'locale' : name)

/** Logins of buckets (their places in the list) and of one value of each dimension that was read. */
export type Counts = { places: number[]; logins: bigint[] } & Partial<Record<DimensionName, string>>

export type Series = {
  /** Values of what they are told apart by. */
  values: Partial<Record<GroupName, string>>
  /** Places of the buckets that have logins, in order. */
  places: readonly number[]
  /** Of each of the places. */
  logins: readonly bigint[]
  total: bigint
}

/** Cannot be part of a value: decoding refuses NUL everywhere. */
const SEPARATOR = '\0'

/** Counts as series, in order of their values; what adds up to 0 is in none. */
export function seriesOf(counts: readonly Counts[], groupBy: readonly GroupName[]): Map<string, Series> {
  const alike = Map.groupBy(counts, (count) => groupBy.map((name) => valueOf(count, name)).join(SEPARATOR))
  const sums = placeForEach(counts)
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

/** As long as the largest place asks for. A year of hours has tens of thousands of counts, for which maps are slow. */
function placeForEach(counts: readonly Counts[]): bigint[] {
  const last = counts.reduce((last, { places }) => places.reduce((a, b) => Math.max(a, b), last), -1)
  return new Array<bigint>(last + 1).fill(0n)
}

/** @param sums zeros, which they are afterwards too */
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

/** Logins of the bucket at a place of the list. */
export function loginsAt({ places, logins }: Series, place: number): bigint {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) < place) low = middle + 1
    else high = middle
  }
  return places[low] === place ? (logins[low] ?? 0n) : 0n
}

/** Logins of so many buckets, by place. */
export function loginsByPlace({ places, logins }: Series, buckets: number): bigint[] {
  const all = new Array<bigint>(buckets).fill(0n)
  places.forEach((place, i) => (all[place] = logins[i] ?? 0n))
  return all
}

/** The first of the places with the most logins; null: there are none. */
export function peakOf({ places, logins }: Series): number | null {
  let peak = 0
  logins.forEach((one, i) => {
    if (one > (logins[peak] ?? 0n)) peak = i
  })
  return places[peak] ?? null
}

/** Logins of all series by place. */
export function totalsOf(series: Iterable<Series>): Map<number, bigint> {
  const totals = new Map<number, bigint>()
  for (const { places, logins } of series)
    places.forEach((place, i) => totals.set(place, (totals.get(place) ?? 0n) + (logins[i] ?? 0n)))
  return totals
}

/** 0 to 1; 0 of nothing. */
export const shareOf = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number(part) / Number(whole)
