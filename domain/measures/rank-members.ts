import type { AttemptKind } from '../sightings/attempts.ts'
import { bucketMs } from '../time/bucket.ts'
import { countedPeople } from './add-up-attempts.ts'
import type { Cell } from './cells.ts'
import { countDistinct, isOfAttempts } from './distinct-members.ts'
import { firstInOrder } from './first-in-order.ts'
import { compareValues, type GroupDimension, isOfMembers } from './group-dimension.ts'
import type { ListedAttempts } from './listed-attempts.ts'
import { type Measure, measures, nothing, type Tally } from './measure.ts'
import { type Counted, countedKinds } from './people.ts'
import { type GroupCondition, type GroupOrder, hasEnough } from './rank.ts'
import { SpanCells } from './span-cells.ts'
import type { UnnumberedMembers } from './unnumbered-members.ts'

type Ranking = {
  groupBy: readonly GroupDimension[]
  /** Null: by their values. */
  order: GroupOrder | null
  /** Which groups may be listed; null: all. */
  having: GroupCondition | null
  /** How many groups are wanted. */
  first: number
  /** The span that is measured, by its number. */
  span: number
  /** Which attempts make something seen, or somebody counted. */
  of: AttemptKind
  unnumbered: UnnumberedMembers
}

/** The first groups in an order, and how many may be listed. */
type Ranked = { ranked: number[]; matching: number }

/**
 * The first groups of listed attempts in an order, by their numbers, of those that may be listed. Equal ones follow in order of their values,
 * where members are in the order of their numbers: the order in which they were first counted. Those without a
 * number come last, by their ids.
 */
export function rankMembers(
  attempts: ListedAttempts,
  cells: readonly Cell[],
  { groupBy, order, having, first, span, of, unnumbered }: Ranking,
): Ranked {
  const { size } = attempts.groups
  const byValues = compareGroups(attempts, groupBy, unnumbered)
  const { isOut, matching } = outOf(attempts, cells, having, { span, of })
  const ranked = (compare: (a: number, b: number) => number): Ranked => {
    const compareAll = (a: number, b: number) => (isOut[a] ?? 0) - (isOut[b] ?? 0) || compare(a, b)
    return {
      ranked: firstInOrder(size, Math.min(first, matching), having === null ? compare : compareAll),
      matching,
    }
  }
  if (order === null) return ranked(byValues)
  const tallyOf = talliesOfSpan(attempts, cells, { measure: order.measure, span, of })
  const sign = order.direction === 'asc' ? 1 : -1
  // What has no value is last.
  const values = new Float64Array(size)
  for (let group = 0; group < size; group++) {
    const value = measures[order.measure].of(tallyOf(group))
    values[group] = value === null ? Infinity : sign * value
  }
  return ranked((a, b) => {
    const [one, other] = [values[a] ?? 0, values[b] ?? 0]
    return one === other ? byValues(a, b) : one < other ? -1 : 1
  })
}

/** Which groups may not be listed (1), and how many may. */
function outOf(
  attempts: ListedAttempts,
  cells: readonly Cell[],
  having: GroupCondition | null,
  of: Omit<Measured, 'measure'>,
): { isOut: Uint8Array; matching: number } {
  const { size } = attempts.groups
  const isOut = new Uint8Array(having === null ? 0 : size)
  if (having === null) return { isOut, matching: size }
  const tallyOf = talliesOfSpan(attempts, cells, { ...of, measure: having.measure })
  let matching = 0
  for (let group = 0; group < size; group++)
    if (hasEnough(having, tallyOf(group))) matching++
    else isOut[group] = 1
  return { isOut, matching }
}

type Measured = { measure: Measure; span: number; of: AttemptKind }

/** Returns a function that has the tally of a group in a span; it writes all into the same object. */
function talliesOfSpan(attempts: ListedAttempts, cells: readonly Cell[], { measure, span, of }: Measured) {
  const ofSpan = new SpanCells(cells, (one) => one === span)
  const { size } = attempts.groups
  const [all, failures, people] = [new Uint32Array(size), new Uint32Array(size), new Uint32Array(size)]
  const last = new Float64Array(size).fill(-Infinity)
  const isSeen = measures[measure].source === 'seen'
  const { count, groups, cells: cellOf, failed, minutes } = attempts.columns
  for (let i = 0; i < count; i++) {
    if (ofSpan.wantedPlaceOf(cellOf[i] ?? 0) < 0) continue
    const [group, isFailed] = [groups[i] ?? 0, failed[i] === 1]
    all[group] = (all[group] ?? 0) + 1
    if (isFailed) failures[group] = (failures[group] ?? 0) + 1
    if (isSeen && isOfAttempts(isFailed, of))
      last[group] = Math.max(last[group] ?? 0, (minutes[i] ?? 0) * bucketMs.minute)
  }
  const isOfPeople = measure in countedKinds
  if (isOfPeople) {
    const slotOf = Int32Array.from({ length: size }, (_, group) => group)
    const question = { kind: countedKinds[measure as Counted], of, slotOf, slots: size, cells: ofSpan }
    countDistinct(attempts, question, (group, _, members) => (people[group] = members))
  }
  const tally: Tally = { ...nothing }
  return (group: number): Readonly<Tally> => {
    tally.attempts = all[group] ?? 0
    tally.failures = failures[group] ?? 0
    tally.lastSeenMs = last[group] ?? -Infinity
    if (isOfPeople) tally.people = countedPeople({ [measure]: people[group] ?? 0 })
    return tally
  }
}

function compareGroups(
  attempts: ListedAttempts,
  groupBy: readonly GroupDimension[],
  unnumbered: UnnumberedMembers,
): (a: number, b: number) => number {
  const parts = [new Int32Array(attempts.groups.length), new Int32Array(attempts.groups.length)] as const
  let [member, text] = [1, 0]
  const comparers = groupBy.map((name) => {
    if (isOfMembers(name)) {
      const part = member++
      return () => unnumbered.compare(name, parts[0][part] ?? 0, parts[1][part] ?? 0)
    }
    const [place, compare] = [text++, compareValues(name)]
    return (a: number, b: number) =>
      compare(attempts.textsOf(a)[place] ?? '', attempts.textsOf(b)[place] ?? '')
  })
  return (a, b) => {
    attempts.groups.partsOf(a, parts[0])
    attempts.groups.partsOf(b, parts[1])
    for (const compare of comparers) {
      const order = compare(a, b)
      if (order !== 0) return order
    }
    return 0
  }
}
