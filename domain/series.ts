import type { DimensionName } from './counts.ts'
import { usRegionOf } from './us-region.ts'

/** What series are told apart by; a region is that of the locale. */
export type GroupName = DimensionName | 'us_region'

export const dimensionOf = (name: GroupName): DimensionName => (name === 'us_region' ? 'locale' : name)

/** Logins of buckets (their places in the list) and of one value of each dimension that was read. */
export type Counts = { places: number[]; logins: bigint[] } & Partial<Record<DimensionName, string>>

export type Series = {
  /** Values of what they are told apart by. */
  values: Partial<Record<GroupName, string>>
  /** By place of the bucket; a place that is absent has none. */
  logins: Map<number, bigint>
  total: bigint
}

/** Cannot be part of a value: decoding refuses NUL everywhere. */
const SEPARATOR = '\0'

/** Counts as series, in order of their values; what adds up to 0 is in none. */
export function seriesOf(counts: readonly Counts[], groupBy: readonly GroupName[]): Map<string, Series> {
  const found = new Map<string, Series>()
  for (const count of counts) {
    const values = groupBy.map((name) => valueOf(count, name))
    const key = values.join(SEPARATOR)
    const series = found.get(key) ?? emptySeries(groupBy, values)
    for (const [i, logins] of count.logins.entries()) {
      const place = count.places[i] ?? 0
      const before = series.logins.get(place)
      series.logins.set(place, before === undefined ? logins : before + logins)
      series.total += logins
    }
    found.set(key, series)
  }
  return new Map(
    [...found].filter(([, series]) => hasLogins(series)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  )
}

/** Forgets places that are 0, as of counts without what came later. */
function hasLogins({ logins }: Series): boolean {
  for (const [place, count] of logins) if (count === 0n) logins.delete(place)
  return logins.size > 0
}

const emptySeries = (groupBy: readonly GroupName[], values: readonly string[]): Series => ({
  values: Object.fromEntries(groupBy.map((name, i) => [name, values[i]])),
  logins: new Map(),
  total: 0n,
})

const valueOf = (count: Counts, name: GroupName): string =>
  name === 'us_region' ? usRegionOf(count.locale ?? '') : (count[name] ?? '')

/** The first of the places with the most logins; null: there are none. */
export function peakOf({ logins }: Series): number | null {
  let peak: [place: number, logins: bigint] | null = null
  for (const [place, count] of logins) {
    if (peak === null || count > peak[1] || (count === peak[1] && place < peak[0])) peak = [place, count]
  }
  return peak?.[0] ?? null
}

/** Logins of all series by place. */
export function totalsOf(series: Iterable<Series>): Map<number, bigint> {
  const totals = new Map<number, bigint>()
  for (const { logins } of series)
    for (const [place, count] of logins) totals.set(place, (totals.get(place) ?? 0n) + count)
  return totals
}

/** 0 to 1; 0 of nothing. */
export const shareOf = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number(part) / Number(whole)
