import type { AttemptKind } from '../sightings/attempts.ts'
import type { SightingKind } from '../sightings/sighting.ts'
import { countPeople, talliesBySlot } from './add-up-attempts.ts'
import { type AnswerGroups, type ListedGroup, type Member, signatureOf } from './answer-groups.ts'
import type { Cell } from './cells.ts'
import { type GroupDimension, isOfMembers } from './group-dimension.ts'
import { type Tallies, tallyOf } from './groups.ts'
import type { ListedAttempts } from './listed-attempts.ts'
import { addTally, type Tally } from './measure.ts'
import { SpanCells } from './span-cells.ts'
import { TupleNumbers } from './tuple-numbers.ts'

/** The kinds of whom different ones are counted in each part of an answer. */
export type CountedKinds = Record<'listed' | 'rest' | 'total' | 'wholes', readonly SightingKind[]>

type Listing = {
  cells: readonly Cell[]
  /** The spans that groups are wanted of; the total is of all. */
  ofGroups: ReadonlySet<number>
  /** How many sums of a group and a cell there may be. */
  most: number
  groupBy: readonly GroupDimension[]
  /** The groups that are listed, in order. */
  ranked: readonly number[]
  /** Which attempts make something seen, or somebody counted. */
  of: AttemptKind
  counted: CountedKinds
  /** The dimensions within which shares are asked for. */
  withins: readonly (readonly GroupDimension[])[]
  memberOf: (kind: Member['kind'], number: number) => Member
}

/**
 * As topGroups, of listed attempts. What the others come to is added up without making groups of them.
 * @returns null: there would be more sums than the most
 */
export function topMembers(
  attempts: ListedAttempts,
  listing: Listing,
): Omit<AnswerGroups, 'matching'> | null {
  const { ranked, of, counted, most } = listing
  const { size } = attempts.groups
  const slotOf = new Int32Array(size).fill(ranked.length)
  ranked.forEach((group, slot) => (slotOf[group] = slot))
  const cells = new SpanCells(listing.cells, (span) => listing.ofGroups.has(span))
  const countedIn = (slot: number) => (slot === ranked.length ? counted.rest : counted.listed)
  const tallies = talliesBySlot(attempts, { cells, slotOf, slots: ranked.length + 1, countedIn }, of, most)
  if (tallies === null) return null
  const total = totalOf(attempts, listing, tallies)
  const listed = ranked.map((group, slot): ListedGroup => ({
    ...labelOf(attempts, group, listing),
    tallies: tallies[slot] ?? new Map<number, never>(),
  }))
  const wholes = new Map(
    listing.withins.map(
      (within) => [signatureOf(within), wholesWithin(attempts, within, cells, listing)] as const,
    ),
  )
  return {
    ...{ total, listed },
    rest: { groups: size - ranked.length, tallies: tallies[ranked.length] ?? new Map<number, never>() },
    wholeOf: (group, within) => {
      if (group === null || within.length === 0) return total
      return wholes.get(signatureOf(within))?.[listed.indexOf(group)] ?? total
    },
  }
}

/** What all attempts come to; as what slots come to adds up to, unless that is of fewer spans. */
function totalOf(
  attempts: ListedAttempts,
  { cells, ofGroups, of, counted }: Listing,
  bySlot: readonly Map<number, Tally>[],
): Tallies {
  const all = {
    ...{ cells: new SpanCells(cells, () => true), slotOf: new Int32Array(attempts.groups.size), slots: 1 },
    countedIn: () => counted.total,
  }
  const areAllSpans = cells.every(({ spans }) => spans.every((span) => ofGroups.has(span)))
  if (!areAllSpans) return talliesBySlot(attempts, all, of)?.[0] ?? new Map<number, never>()
  const total = new Map<number, Tally>()
  for (const tallies of bySlot) for (const [span, tally] of tallies) addTally(tallyOf(total, span), tally)
  countPeople(attempts, all, of, [total])
  return total
}

function labelOf(
  attempts: ListedAttempts,
  group: number,
  { groupBy, memberOf }: Listing,
): Pick<ListedGroup, 'values' | 'member'> {
  const [parts, texts] = [attempts.groups.partsOf(group), attempts.textsOf(group)]
  let [part, text] = [1, 0]
  const values = groupBy.map((name): string | Member =>
    isOfMembers(name) ? memberOf(name, parts[part++] ?? 0) : (texts[text++] ?? ''),
  )
  const member = values.find((value) => typeof value !== 'string')
  return {
    values: values.map((value) => (typeof value === 'string' ? value : value.id)),
    ...(member === undefined ? {} : { member }),
  }
}

/** What each of the listed groups is a part of, in their order. */
function wholesWithin(
  attempts: ListedAttempts,
  within: readonly GroupDimension[],
  cells: SpanCells,
  { groupBy, ranked, of, counted }: Listing,
): Tallies[] {
  const keyOf = keysWithin(attempts, groupBy, within)
  const keys = new TupleNumbers(groupBy.length)
  const slots = ranked.map((group) => keys.numberOf(keyOf(group)))
  const slotOf = Int32Array.from({ length: attempts.groups.size }, (_, group) => keys.find(keyOf(group)))
  const countedIn = () => counted.wholes
  const tallies = talliesBySlot(attempts, { cells, slotOf, slots: keys.size, countedIn }, of)
  return slots.map((slot) => tallies?.[slot] ?? new Map<number, never>())
}

/** Returns a function that makes a tuple of a group, the same for groups alike; it writes all into the same one. */
function keysWithin(
  attempts: ListedAttempts,
  groupBy: readonly GroupDimension[],
  within: readonly GroupDimension[],
): (group: number) => Int32Array {
  const textNumbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const number = textNumbers.get(text) ?? textNumbers.size
    textNumbers.set(text, number)
    return number
  }
  const [parts, key] = [new Int32Array(attempts.groups.length), new Int32Array(groupBy.length)]
  let [part, text] = [1, 0]
  const partOf = groupBy.map((name) => {
    if (isOfMembers(name)) {
      const place = part++
      return () => parts[place] ?? 0
    }
    const place = text++
    return (group: number) => numberOf(attempts.textsOf(group)[place] ?? '')
  })
  return (group) => {
    attempts.groups.partsOf(group, parts)
    groupBy.forEach((name, i) => {
      if (within.includes(name)) key[i] = partOf[i]?.(group) ?? 0
    })
    return key
  }
}
