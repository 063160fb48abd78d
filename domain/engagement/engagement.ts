import { BitmapMembers } from './bitmap.ts'
import { type Period, periods, periodStart } from '../time/period.ts'
import { type DimensionName, facets } from '../counts/dimensions.ts'
import type { SightingKind, Sightings } from '../sightings/sighting.ts'

/** What the members of a bitmap have in common besides the period; see table `engagement`. */
type Facet = 'all' | 'first' | DimensionName

/** Names a bitmap of table `engagement`; `start` is in days since 1970-01-01. */
export type BitmapName = { period: Period; facet: Facet; value: string; start: number }

/**
 * A user, device or address by number, with first days since 1970-01-01. `firstDayBefore` is the first day
 * known until now; null if there was none.
 */
export type Member = { number: number; firstDay: number; firstDayBefore: number | null }

/** The first day (days since 1970-01-01) on which each user, device or address of a kind was seen. */
export function firstDays(sightings: Sightings, kind: SightingKind): Map<string, number> {
  const first = new Map<string, number>()
  for (const group of sightings) {
    if (group.kind !== kind) continue
    for (const id of group.ids) first.set(id, Math.min(group.day, first.get(id) ?? Infinity))
  }
  return first
}

/**
 * What sightings change in the bitmaps of a kind: bits to set, and bits to clear where a late event moved a
 * first day back.
 * @param members everybody of that kind in the sightings, by id
 */
export function engagementChanges(
  sightings: Sightings,
  kind: SightingKind,
  members: ReadonlyMap<string, Member>,
) {
  const set = new Bitmaps()
  const clear = new Bitmaps()
  for (const { kind: of, day, values, ids } of sightings) {
    if (of !== kind) continue
    const marks = set.ofDay('all', '', day)
    if (values !== null) facets.forEach(({ name }, i) => marks.push(...set.ofDay(name, values[i] ?? '', day)))
    for (const id of ids) {
      const number = members.get(id)?.number
      if (number !== undefined) for (const mark of marks) mark(number)
    }
  }
  for (const { number, firstDay, firstDayBefore } of members.values()) {
    if (firstDayBefore !== null && firstDay >= firstDayBefore) continue
    for (const mark of set.ofDay('first', '', firstDay)) mark(number)
    for (const period of periods) {
      if (firstDayBefore === null || periodStart(period, firstDayBefore) === periodStart(period, firstDay))
        continue
      clear.ofPeriod(period, 'first', '', firstDayBefore)(number)
    }
  }
  return { set: set.chunks(), clear: clear.chunks() }
}

class Bitmaps extends BitmapMembers<BitmapName> {
  ofDay = (facet: Facet, value: string, day: number) =>
    periods.map((period) => this.ofPeriod(period, facet, value, day))

  ofPeriod(period: Period, facet: Facet, value: string, day: number): (number: number) => void {
    const start = periodStart(period, day)
    return this.bitmap([period, facet, value, start].join('\0'), { period, facet, value, start })
  }
}
