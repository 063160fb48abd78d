import type { AttemptKind } from '../sightings/attempts.ts'
import type { SightingKind } from '../sightings/sighting.ts'
import { bucketMs } from '../time/bucket.ts'
import { countDistinct, isOfAttempts } from './distinct-members.ts'
import { tallyOf } from './groups.ts'
import type { ListedAttempts } from './listed-attempts.ts'
import { addSeen, addTally, addVersion, newTally, type Tally } from './measure.ts'
import { type Counted, countedKinds, isCounted, type People } from './people.ts'
import type { SpanCells } from './span-cells.ts'
import { TupleNumbers } from './tuple-numbers.ts'

type Slots = {
  /** The slot of each group, by its number; -1: none. */
  slotOf: Int32Array
  slots: number
  cells: SpanCells
  /** The kinds of whom different ones are counted in a slot. */
  countedIn: (slot: number) => readonly SightingKind[]
}

/**
 * Adds listed attempts up by slot and span.
 * @param of which attempts make something seen, or somebody counted
 * @param most how many sums of a slot and a cell there may be: each takes some 300 bytes
 * @returns null: there are more
 */
export function talliesBySlot(
  attempts: ListedAttempts,
  slots: Slots,
  of: AttemptKind,
  most = Infinity,
): Map<number, Tally>[] | null {
  const sums = sumsBySlot(attempts, slots, of, most)
  if (sums === null) return null
  const tallies = Array.from({ length: slots.slots }, () => new Map<number, Tally>())
  for (const { slot, cell, tally } of sums)
    for (const span of slots.cells.spansAt(cell))
      addTally(tallyOf(tallies[slot] ?? new Map<number, Tally>(), span), tally)
  countPeople(attempts, slots, of, tallies)
  return tallies
}

type Sum = { slot: number; cell: number; tally: Tally }

function sumsBySlot(
  attempts: ListedAttempts,
  { slotOf, slots, cells }: Slots,
  of: AttemptKind,
  most: number,
): Sum[] | null {
  const { count, groups, cells: cellOf, failed, minutes } = attempts.columns
  const placeOf = placesOf(slots, cells.size)
  const sums: (Sum | undefined)[] = []
  let held = 0
  let last: Sum = { slot: -1, cell: -1, tally: newTally() }
  for (let i = 0; i < count; i++) {
    const slot = slotOf[groups[i] ?? 0] ?? -1
    const cell = cells.wantedPlaceOf(cellOf[i] ?? 0)
    if (slot < 0 || cell < 0) continue
    // Most attempts are of the same slot and cell as the one before.
    if (slot !== last.slot || cell !== last.cell) {
      const place = placeOf(slot, cell)
      const known = sums[place]
      last = known ?? { slot, cell, tally: newTally() }
      if (known === undefined) {
        if (++held > most) return null
        sums[place] = last
      }
    }
    const { tally } = last
    const isFailed = failed[i] === 1
    tally.attempts++
    if (isFailed) tally.failures++
    else if (attempts.hasVersions) addVersion(tally, attempts.versionAt(i), 1)
    if (!attempts.hasTimes || !isOfAttempts(isFailed, of)) continue
    const ms = (minutes[i] ?? 0) * bucketMs.minute
    addSeen(tally, ms, ms)
  }
  return sums.filter((sum) => sum !== undefined)
}

/** So many places may stay empty for the sake of finding the others at once. */
const MOST_PLACES = 100_000

/** Returns a function that gives each pair of a slot and a cell a place of its own. */
function placesOf(slots: number, cells: number): (slot: number, cell: number) => number {
  if (slots * cells <= MOST_PLACES) return (slot, cell) => slot * cells + cell
  const numbers = new TupleNumbers(2)
  const parts = new Int32Array(2)
  return (slot, cell) => {
    parts[0] = slot
    parts[1] = cell
    return numbers.numberOf(parts)
  }
}

/** Puts the different members into the tallies of the slots. */
export function countPeople(
  attempts: ListedAttempts,
  { slotOf, slots, cells, countedIn }: Slots,
  of: AttemptKind,
  tallies: readonly Map<number, Tally>[],
): void {
  const counts = tallies.map(() => new Map<number, Partial<Record<Counted, number>>>())
  for (const name of Object.keys(countedKinds) as Counted[]) {
    const kind = countedKinds[name]
    const isCountedIn = Array.from({ length: slots }, (_, slot) => countedIn(slot).includes(kind))
    if (!isCountedIn.includes(true)) continue
    const own = slotOf.map((slot) => (isCountedIn[slot] === true ? slot : -1))
    countDistinct(attempts, { kind, of, slotOf: own, slots, cells }, (slot, span, members) => {
      counts[slot]?.set(span, { ...counts[slot].get(span), [name]: members })
    })
  }
  tallies.forEach((bySpan, slot) => {
    for (const [span, tally] of bySpan) tally.people = countedPeople(counts[slot]?.get(span) ?? {})
  })
}

/** People who were counted one by one. */
export const countedPeople = (counts: Partial<Record<Counted, number>>): People => ({
  basis: 'time_zone',
  of: ({ name }) => (isCounted(name) ? (counts[name] ?? 0) : 0),
})
