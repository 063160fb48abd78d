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
  onCount: (slot: number, span: number, members: number) => void,
): void {
  const { kind, slotOf, cells } = question
  const { least, size } = numbersOf(attempts, kind)
  const [lastSlot, lastCell] = [new Int32Array(size).fill(-1), new Int32Array(size)]
  const counts = new Map<number, number>()
  let slot = -1
  const endSlot = () => {
    for (const [span, members] of counts) onCount(slot, span, members)
    counts.clear()
  }
  const order = bySlotAndCell(attempts, question)
  for (let at = 0; at < order.length; at++) {
    const i = order[at] ?? 0
    const own = slotOf[attempts.groupAt(i)] ?? -1
    if (own !== slot) endSlot()
    slot = own
    const [member, cell] = [attempts.memberAt(kind, i) - least, cells.placeOf(attempts.cellAt(i))]
    const before = lastSlot[member] === slot ? (lastCell[member] ?? -1) : -1
    if (before === cell) continue
    lastSlot[member] = slot
    lastCell[member] = cell
    for (const span of cells.spansAt(cell))
      if (cells.startOf(span) > before) counts.set(span, (counts.get(span) ?? 0) + 1)
  }
  endSlot()
}

/** The least number of a member, and how many there are from it to the largest. */
function numbersOf(attempts: ListedAttempts, kind: SightingKind): { least: number; size: number } {
  let [least, most] = [0, 0]
  for (let i = 0; i < attempts.count; i++) {
    const number = attempts.memberAt(kind, i)
    if (number < least) least = number
    if (number > most) most = number
  }
  return { least, size: most - least + 1 }
}

/** The attempts that count: slot by slot, and in each in order of cells. */
function bySlotAndCell(attempts: ListedAttempts, { of, slotOf, slots, cells }: DistinctQuestion): Int32Array {
  const slotAt = (i: number) => slotOf[attempts.groupAt(i)] ?? -1
  const counted = new Int32Array(attempts.count)
  let count = 0
  for (let i = 0; i < attempts.count; i++)
    if (slotAt(i) >= 0 && isOfAttempts(attempts.isFailed(i), of)) counted[count++] = i
  const byCell = countingSort(counted.subarray(0, count), cells.size, (i) =>
    cells.placeOf(attempts.cellAt(i)),
  )
  return countingSort(byCell, slots, slotAt)
}
