import type { AttemptKind } from '../sightings/attempts.ts'
import { bucketMs } from '../time/bucket.ts'
import { countDistinct, isOfAttempts } from './distinct-members.ts'
import { addTo } from './groups.ts'
import type { ListedAttempts } from './listed-attempts.ts'
import { nothing, type Tally } from './measure.ts'
import { type Counted, countedKinds, isCounted, type People } from './people.ts'
import type { SpanCells } from './span-cells.ts'
import { TupleNumbers } from './tuple-numbers.ts'

/** The slot of each group, by its number; -1: none. */
type Slots = { slotOf: Int32Array; slots: number; cells: SpanCells }

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
      addTo(tallies[slot] ?? new Map<number, Tally>(), span, tally)
  if (attempts.counted.length > 0) countPeople(attempts, slots, of, tallies)
  return tallies
}

type Sum = { slot: number; cell: number; tally: Tally }

function sumsBySlot(
  attempts: ListedAttempts,
  { slotOf, cells }: Slots,
  of: AttemptKind,
  most: number,
): Sum[] | null {
  const places = new TupleNumbers(2)
  const place = new Int32Array(2)
  const sums: Sum[] = []
  for (let i = 0; i < attempts.count; i++) {
    const slot = slotOf[attempts.groupAt(i)] ?? -1
    const cell = cells.placeOf(attempts.cellAt(i))
    if (slot < 0 || cells.spansAt(cell).length === 0) continue
    const isFailed = attempts.isFailed(i)
    place[0] = slot
    place[1] = cell
    const { tally } = (sums[places.numberOf(place)] ??= { slot, cell, tally: { ...nothing } })
    if (sums.length > most) return null
    tally.attempts++
    if (isFailed) tally.failures++
    else if (attempts.hasVersions) addVersion(tally, attempts.versionAt(i))
    if (!isOfAttempts(isFailed, of)) continue
    const ms = attempts.minuteAt(i) * bucketMs.minute
    tally.firstSeenMs = Math.min(tally.firstSeenMs, ms)
    tally.lastSeenMs = Math.max(tally.lastSeenMs, ms)
  }
  return sums
}

function addVersion(tally: Tally, version: string): void {
  tally.versions ??= new Map<string, number>()
  tally.versions.set(version, (tally.versions.get(version) ?? 0) + 1)
}

/** Puts the different members into the tallies. */
function countPeople(
  attempts: ListedAttempts,
  slots: Slots,
  of: AttemptKind,
  tallies: readonly Map<number, Tally>[],
): void {
  const counts = tallies.map(() => new Map<number, Partial<Record<Counted, number>>>())
  for (const name of Object.keys(countedKinds) as Counted[]) {
    const kind = countedKinds[name]
    if (!attempts.counted.includes(kind)) continue
    countDistinct(attempts, { ...slots, kind, of }, (slot, span, members) => {
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
