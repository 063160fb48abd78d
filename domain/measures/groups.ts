import type { Counts } from '../counts/counts.ts'
import type { DimensionName, GroupName } from '../counts/dimensions.ts'
import { usRegionOf } from '../fields/us-region.ts'
import type { Cell } from './cells.ts'
import { type GroupDimension, isOfClock, isOfMembers, valueText } from './group-dimension.ts'
import { addTally, addVersion, newTally, nothing, type Tally } from './measure.ts'
import type { People } from './people.ts'

/** By the number of the span; undefined where there is nothing. */
export type Tallies = { get: (span: number) => Readonly<Tally> | undefined }

/** One combination of values, and its tallies. */
export type TallyGroup = {
  /** In the order of the dimensions, as answers write them. */
  values: string[]
  tallies: Tallies
}

/** A part of what was read: the stored values of a group, its cells, and what each adds to a tally. */
export type Reading = {
  values: Partial<Record<DimensionName, string>>
  /** Numbers of the cells. */
  cells: readonly number[]
  addTo: (tally: Tally, i: number) => void
}

/** What the clock shows. */
export type Clock = Partial<Record<GroupDimension, string>>

/** The cells of a reading, each with what the clock shows in it: the same object where it shows the same. */
export type ClockCell = Cell & { clock: Clock }

/** No value can contain this separator, because decoding refuses NUL everywhere. */
const SEPARATOR = '\0'

/** The same text for the same values of a group. */
export const keyOfGroup = (values: readonly string[]): string => values.join(SEPARATOR)

/** Groups by their values, to which readings are added one after the other. */
export class TallyGroups {
  readonly #groupBy: readonly GroupDimension[]
  readonly #isOfClock: boolean
  readonly #groups = new Map<string, HeldGroup>()

  constructor(groupBy: readonly GroupDimension[]) {
    this.#groupBy = groupBy
    this.#isOfClock = groupBy.some(isOfClock)
  }

  /** @param from the cells that the reading is by */
  add(from: readonly ClockCell[], { values, cells, addTo }: Reading): void {
    const byClock = new Map<Clock, HeldGroup>()
    let group = this.#isOfClock ? null : this.#groupOf(values, {})
    for (let i = 0; i < cells.length; i++) {
      const cell = from[cells[i] ?? 0]
      if (cell === undefined) continue
      if (this.#isOfClock) {
        group = byClock.get(cell.clock) ?? this.#groupOf(values, cell.clock)
        byClock.set(cell.clock, group)
      }
      if (group !== null) for (const span of cell.spans) addTo(tallyOf(group.tallies, span), i)
    }
  }

  /** Groups that have attempts in one of the spans. */
  all(): TallyGroup[] {
    return [...this.#groups.values()].filter(({ tallies }) => {
      for (const { attempts } of tallies.values()) if (attempts !== 0) return true
      return false
    })
  }

  #groupOf(stored: Reading['values'], clock: Clock): HeldGroup {
    const values = this.#groupBy.map((name) => {
      if (isOfMembers(name)) throw new RangeError(`counts are not by ${name}`)
      return isOfClock(name) ? (clock[name] ?? '') : valueOf(name, stored)
    })
    const key = keyOfGroup(values)
    const group = this.#groups.get(key) ?? { values, tallies: new Map<number, Tally>() }
    this.#groups.set(key, group)
    return group
  }
}

type HeldGroup = TallyGroup & { tallies: Map<number, Tally> }

/** The value of a dimension as answers write it. */
export const valueOf = (name: GroupName, stored: Reading['values']): string =>
  valueText(name, name === 'us_region' ? usRegionOf(stored.locale ?? '') : (stored[name] ?? ''))

/** The tally of a span, to be added to. */
export function tallyOf(tallies: Map<number, Tally>, span: number): Tally {
  let held = tallies.get(span)
  if (held === undefined) {
    held = newTally()
    tallies.set(span, held)
  }
  return held
}

/** Groups as one. A span is added up when it is asked for first: most answers show little of it. */
export function sumOf(groups: readonly Pick<TallyGroup, 'tallies'>[]): Tallies {
  const [first, another] = groups
  if (first !== undefined && another === undefined) return first.tallies
  const sums = new Map<number, Tally | undefined>()
  return {
    get(span) {
      if (sums.has(span)) return sums.get(span)
      let sum: Tally | undefined
      for (const { tallies } of groups) {
        const tally = tallies.get(span)
        if (tally !== undefined) addTally((sum ??= newTally()), tally)
      }
      sums.set(span, sum)
      return sum
    },
  }
}

/**
 * Counts as readings; failures are those whose outcome says so.
 * @param hasVersions whether logins are also counted by the version of the counts
 */
export const readingOf = ({ places, logins, ...values }: Counts, hasVersions = false): Reading => ({
  values,
  cells: places,
  addTo: (tally, i) => {
    const attempts = logins[i] ?? 0
    const failures = values.outcome === 'failure' ? attempts : 0
    tally.attempts += attempts
    tally.failures += failures
    if (hasVersions) addVersion(tally, values.app_version ?? '', attempts - failures)
  },
})

/** Counts of failures alone, as readings that add to attempts which are counted already; see readingOf. */
export const failuresOf = ({ places, logins, ...values }: Counts, hasVersions = false): Reading => ({
  values,
  cells: places,
  addTo: (tally, i) => {
    const failures = logins[i] ?? 0
    tally.failures += failures
    if (hasVersions) addVersion(tally, values.app_version ?? '', -failures)
  },
})

/** Tallies, those of some spans with the people in them. */
export function withPeople(
  tallies: Tallies,
  numbers: readonly number[],
  peopleIn: (number: number) => People,
): Tallies {
  if (numbers.length === 0) return tallies
  const spans = new Set(numbers)
  const known = new Map<number, Readonly<Tally>>()
  return {
    get(span) {
      if (!spans.has(span)) return tallies.get(span)
      const tally = known.get(span) ?? { ...(tallies.get(span) ?? nothing), people: peopleIn(span) }
      known.set(span, tally)
      return tally
    },
  }
}
