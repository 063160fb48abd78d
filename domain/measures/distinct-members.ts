import type { AttemptKind } from '../sightings/attempts.ts'
import type { SightingKind } from '../sightings/sighting.ts'
import { countingSort } from './counting-sort.ts'
import type { ListedAttempts } from './listed-attempts.ts'
import type { SpanCells } from './span-cells.ts'

type DistinctQuestion = {
  kind: SightingKind
  /** Which attempts make somebody counted. */
  of: AttemptKind
  /** The slot of each group, by its number; -1: none. */
  slotOf: Int32Array
  slots: number
  cells: SpanCells
}

/** Whether an attempt is one of those that are asked for. */
export const isOfAttempts = (isFailed: boolean, of: AttemptKind): boolean =>
  of === 'all' || isFailed === (of === 'failures')

/**
 * Counts the different members of the listed attempts in each slot and span, and calls back once for each that has some.
 * It goes through the attempts slot by slot and in order of time, and remembers where each member was last: whoever comes is
 * new to the spans that began since. So it takes some 20 bytes an attempt, however many spans there are.
 */
export function countDistinct(
  attempts: ListedAttempts,
  question: DistinctQuestion,
  onCount: (slot: number, span: number, count: number) => void,
): void {
  const { kind, slotOf, cells } = question
  const {
    groups,
    cells: cellOf,
    members: { [kind]: members = noMembers },
  } = attempts.columns
  const order = bySlotAndCell(attempts, question)
  const { least, size } = rangeOf(order, members)
  const [lastSlot, lastCell] = [new Int32Array(size).fill(-1), new Int32Array(size)]
  const counts = new Map<number, number>()
  let slot = -1
  const endSlot = () => {
    for (const [span, count] of counts) onCount(slot, span, count)
    counts.clear()
  }
  for (let at = 0; at < order.length; at++) {
    const i = order[at] ?? 0
    const own = slotOf[groups[i] ?? 0] ?? -1
    if (own !== slot) endSlot()
    slot = own
    const [member, cell] = [(members[i] ?? 0) - least, cells.placeOf(cellOf[i] ?? 0)]
    const before = lastSlot[member] === slot ? (lastCell[member] ?? -1) : -1
    if (before === cell) continue
    lastSlot[member] = slot
    lastCell[member] = cell
    for (const span of cells.spansAt(cell))
      if (cells.startOf(span) > before) counts.set(span, (counts.get(span) ?? 0) + 1)
  }
  endSlot()
}

const noMembers = new Int32Array(0)

/** The least number of those at some places, and how many there are from it to the largest. */
function rangeOf(places: Int32Array, numbers: Int32Array): { least: number; size: number } {
  let [least, most] = [0, 0]
  for (let at = 0; at < places.length; at++) {
    const number = numbers[places[at] ?? 0] ?? 0
    if (number < least) least = number
    if (number > most) most = number
  }
  return { least, size: most - least + 1 }
}

/** The attempts that count: slot by slot, and in each in order of cells. */
function bySlotAndCell(attempts: ListedAttempts, { of, slotOf, slots, cells }: DistinctQuestion): Int32Array {
  const { count: all, groups, cells: cellOf, failed } = attempts.columns
  const counted = new Int32Array(all)
  let count = 0
  for (let i = 0; i < all; i++)
    if ((slotOf[groups[i] ?? 0] ?? -1) >= 0 && isOfAttempts(failed[i] === 1, of)) counted[count++] = i
  const byCell = countingSort(counted.subarray(0, count), cells.size, (i) => cells.placeOf(cellOf[i] ?? 0))
  return countingSort(byCell, slots, (i) => slotOf[groups[i] ?? 0] ?? 0)
}
