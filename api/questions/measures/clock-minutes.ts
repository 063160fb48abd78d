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
  let cellsByKey: Map<string, ClockCell[]> | null = null
  return (span, group) => {
    if (group === null || places.length === 0) return null
    cellsByKey ??= bySpan(cells, (clock) => places.map(({ name }) => clock[name] ?? ''))
    const key = keyOf(
      span,
      places.map(({ place }) => group.values[place] ?? ''),
    )
    return (cellsByKey.get(key) ?? []).reduce((sum, cell) => sum + minutesOf(cell), 0)
  }
}

const keyOf = (span: number, values: readonly string[]) => [span, ...values].join(' ')

function bySpan(cells: readonly ClockCell[], valuesOf: (clock: Clock) => string[]): Map<string, ClockCell[]> {
  const found = new Map<string, ClockCell[]>()
  for (const [clock, alike] of Map.groupBy(cells, ({ clock }) => clock))
    for (const cell of alike)
      for (const span of cell.spans) {
        const key = keyOf(span, valuesOf(clock))
        const same = found.get(key)
        if (same === undefined) found.set(key, [cell])
        else same.push(cell)
      }
  return found
}
