import { type GroupDimension, isOfClock } from '../../../domain/measures/group-dimension.ts'
import type { Clock, ClockCell, TallyGroup } from '../../../domain/measures/groups.ts'

/**
 * Returns a function that adds up the minutes of a span in which the clock shows the values of a group. It
 * returns null for groups that are not by the clock.
 * @param minutesOf minutes of a cell
 */
export function clockMinutes(
  groupBy: readonly GroupDimension[],
  cells: readonly ClockCell[],
  minutesOf: (cell: ClockCell) => number,
): (span: number, group: Pick<TallyGroup, 'values'> | null) => number | null {
  const places = groupBy.flatMap((name, place) => (isOfClock(name) ? [{ name, place }] : []))
  let cellsByValues: CellsByValues | null = null
  return (span, group) => {
    if (group === null || places.length === 0) return null
    cellsByValues ??= byValues(cells, (clock) => places.map(({ name }) => clock[name] ?? ''))
    const key = keyOf(places.map(({ place }) => group.values[place] ?? ''))
    return (cellsByValues.get(key)?.get(span) ?? []).reduce((sum, cell) => sum + minutesOf(cell), 0)
  }
}

/** Cells by what the clock shows in them, and by span. */
type CellsByValues = ReadonlyMap<string, ReadonlyMap<number, readonly ClockCell[]>>

const keyOf = (values: readonly string[]) => values.join(' ')

function byValues(cells: readonly ClockCell[], valuesOf: (clock: Clock) => string[]): CellsByValues {
  const found = new Map<string, Map<number, ClockCell[]>>()
  for (const [clock, alike] of Map.groupBy(cells, ({ clock }) => clock)) {
    const key = keyOf(valuesOf(clock))
    const ofValues = found.get(key) ?? new Map<number, ClockCell[]>()
    found.set(key, ofValues)
    for (const cell of alike)
      for (const span of cell.spans) {
        const same = ofValues.get(span)
        if (same === undefined) ofValues.set(span, [cell])
        else same.push(cell)
      }
  }
  return found
}
