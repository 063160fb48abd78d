import { BitmapMembers } from './bitmap.ts'
import { type Period, periods, periodStart } from '../time/period.ts'
import { type DimensionName, facets } from '../counts/dimensions.ts'
import { attemptChoices, type AttemptHalf, type AttemptKind } from '../sightings/attempts.ts'
import type { SightingKind, Sightings } from '../sightings/sighting.ts'

/** What the members of a bitmap have in common besides the period; see table `engagement`. */
type Facet = 'all' | 'first' | DimensionName

/** Names a bitmap of table `engagement`; `start` is in days since 1970-01-01. */
export type BitmapName = { period: Period; facet: Facet; attempts: AttemptKind; value: string; start: number }

/** The first day with a login and the first one with a failure (days since 1970-01-01); null: there is none. */
export type FirstDays = Record<AttemptHalf, number | null>

/** A user, device or address by number. `firstBefore` is what was known until now; null if there was nothing. */
export type Member = { number: number; first: FirstDays; firstBefore: FirstDays | null }

/** The first days of each user, device or address of a kind in the sightings. */
export function firstDays(sightings: Sightings, kind: SightingKind): Map<string, FirstDays> {
  const first = new Map<string, FirstDays>()
  for (const { kind: of, day, attempts, ids } of sightings) {
    if (of !== kind) continue
    for (const id of ids) {
      const held = first.get(id) ?? { logins: null, failures: null }
      held[attempts] = earlier(held[attempts], day)
      first.set(id, held)
    }
  }
  return first
}

/** Of each half the earlier of two first days. */
export const earliest = (one: FirstDays, other: FirstDays | null): FirstDays => ({
  logins: earlier(one.logins, other?.logins ?? null),
  failures: earlier(one.failures, other?.failures ?? null),
})

const earlier = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)

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
  for (const { kind: of, day, attempts, values, ids } of sightings) {
    if (of !== kind) continue
    const marks = [...set.ofDay('all', attempts, '', day)]
    if (values !== null)
      facets.forEach(({ name }, i) => marks.push(...set.ofDay(name, attempts, values[i] ?? '', day)))
    for (const id of ids) {
      const number = members.get(id)?.number
      if (number !== undefined) for (const mark of marks) mark(number)
    }
  }
  for (const member of members.values())
    for (const attempts of attemptChoices) moveFirst(set, clear, member, attempts)
  return { set: set.chunks(), clear: clear.chunks() }
}

function moveFirst(
  set: Bitmaps,
  clear: Bitmaps,
  { number, first, firstBefore }: Member,
  attempts: AttemptKind,
): void {
  const day = firstOf(first, attempts)
  const before = firstBefore === null ? null : firstOf(firstBefore, attempts)
  if (day === null || day === before) return
  for (const mark of set.ofDay('first', attempts, '', day)) mark(number)
  if (before === null) return
  for (const period of periods)
    if (periodStart(period, before) !== periodStart(period, day))
      clear.ofPeriod(period, 'first', attempts, '', before)(number)
}

const firstOf = ({ logins, failures }: FirstDays, attempts: AttemptKind): number | null =>
  ({ all: earlier(logins, failures), logins, failures })[attempts]

class Bitmaps extends BitmapMembers<BitmapName> {
  /** Most members share their first day with many others. */
  readonly #ofDays = new Map<string, ((number: number) => void)[]>()

  ofDay(
    facet: Facet,
    attempts: AttemptKind,
    value: string,
    day: number,
  ): readonly ((number: number) => void)[] {
    const key = `${facet} ${attempts} ${day} ${value}`
    const known = this.#ofDays.get(key)
    if (known !== undefined) return known
    const made = periods.map((period) => this.ofPeriod(period, facet, attempts, value, day))
    this.#ofDays.set(key, made)
    return made
  }

  ofPeriod(
    period: Period,
    facet: Facet,
    attempts: AttemptKind,
    value: string,
    day: number,
  ): (number: number) => void {
    const name = { period, facet, attempts, value, start: periodStart(period, day) }
    return this.bitmap(Object.values(name).join('\0'), name)
  }
}
