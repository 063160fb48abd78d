import type { Counts } from '../counts/counts.ts'
import type { DimensionName, GroupName } from '../counts/dimensions.ts'
import { usRegionOf } from '../fields/us-region.ts'
import type { Cell } from './cells.ts'
import { type GroupDimension, isOfClock, isOfMembers, valueText } from './group-dimension.ts'
import { addTally, nothing, type Tally } from './measure.ts'
import type { People } from './people.ts'

/** One combination of values, and its tallies by the number of the span; none where there is nothing. */
export type TallyGroup = {
  /** In the order of the dimensions, as answers write them. */
  values: string[]
  tallies: Map<number, Tally>
}

/** A part of what was read: the stored values of a group, its cells, and what each adds. */
export type Reading = {
  values: Partial<Record<DimensionName, string>>
  /** Numbers of the cells. */
  cells: readonly number[]
  tallyOf: (i: number) => Readonly<Tally>
}

/** The cells of a reading, each with what the clock shows in it. */
export type ClockCell = Cell & { clock: Partial<Record<GroupDimension, string>> }

/** No value can contain this separator, because decoding refuses NUL everywhere. */
const SEPARATOR = '\0'

/** The same text for the same values of a group. */
export const keyOfGroup = (values: readonly string[]): string => values.join(SEPARATOR)

/** Groups by their values, to which readings are added one after the other. */
export class TallyGroups {
  readonly #groupBy: readonly GroupDimension[]
  readonly #isOfClock: boolean
  readonly #groups = new Map<string, TallyGroup>()

  constructor(groupBy: readonly GroupDimension[]) {
    this.#groupBy = groupBy
    this.#isOfClock = groupBy.some(isOfClock)
  }

  /** @param from the cells that the reading is by */
  add(from: readonly ClockCell[], { values, cells, tallyOf }: Reading): void {
    let group = this.#isOfClock ? null : this.#groupOf(values, {})
    cells.forEach((number, i) => {
      const cell = from[number]
      if (cell === undefined) return
      if (this.#isOfClock) group = this.#groupOf(values, cell.clock)
      const tally = tallyOf(i)
      for (const span of cell.spans) if (group !== null) addTo(group.tallies, span, tally)
    })
  }

  /** Groups that have attempts in one of the spans. */
  all(): TallyGroup[] {
    return [...this.#groups.values()].filter(({ tallies }) =>
      [...tallies.values()].some(({ attempts }) => attempts !== 0),
    )
  }

  #groupOf(stored: Reading['values'], clock: ClockCell['clock']): TallyGroup {
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

/** The value of a dimension as answers write it. */
export const valueOf = (name: GroupName, stored: Reading['values']): string =>
  valueText(name, name === 'us_region' ? usRegionOf(stored.locale ?? '') : (stored[name] ?? ''))

export function addTo(tallies: Map<number, Tally>, span: number, more: Readonly<Tally>): void {
  let held = tallies.get(span)
  if (held === undefined) {
    held = { ...nothing }
    tallies.set(span, held)
  }
  addTally(held, more)
}

/** Adds groups up to one. */
export function sumOf(groups: readonly Pick<TallyGroup, 'tallies'>[]): Map<number, Tally> {
  const sums = new Map<number, Tally>()
  for (const { tallies } of groups) for (const [span, tally] of tallies) addTo(sums, span, tally)
  return sums
}

/**
 * Counts as readings; failures are those whose outcome says so.
 * @param hasVersions whether logins are also counted by the version of the counts
 */
export const readingOf = ({ places, logins, ...values }: Counts, hasVersions = false): Reading => ({
  values,
  cells: places,
  tallyOf: (i) => {
    const attempts = Number(logins[i] ?? 0n)
    const failures = values.outcome === 'failure' ? attempts : 0
    const versions = hasVersions ? new Map([[values.app_version ?? '', attempts - failures]]) : null
    return { ...nothing, attempts, failures, versions }
  },
})

/** Counts of failures alone, as readings that add to attempts which are counted already; see readingOf. */
export const failuresOf = (counts: Counts, hasVersions = false): Reading => {
  const { values, cells, tallyOf } = readingOf(counts)
  return {
    ...{ values, cells },
    tallyOf: (i) => {
      const failures = tallyOf(i).attempts
      const versions = hasVersions ? new Map([[values.app_version ?? '', -failures]]) : null
      return { ...nothing, failures, versions }
    },
  }
}

/** Tallies, those of some spans with the people in them. */
export const withPeople = (
  tallies: ReadonlyMap<number, Readonly<Tally>>,
  numbers: readonly number[],
  peopleIn: (number: number) => People,
): Map<number, Tally> => {
  const added = new Map<number, Tally>(tallies)
  for (const number of numbers)
    added.set(number, { ...(tallies.get(number) ?? nothing), people: peopleIn(number) })
  return added
}
