import { compareValues, type GroupDimension } from './group-dimension.ts'
import type { TallyGroup } from './groups.ts'
import { type Measure, measures, nothing, type Tally } from './measure.ts'

/** How groups are ordered; equal ones follow in order of their values, and those without a value are last. */
export type GroupOrder = { measure: Measure; direction: 'asc' | 'desc' }

/** Which groups may be listed: those that have at least so much of a measure. */
export type GroupCondition = { measure: Measure; atLeast: number }

/** Whether groups meet a condition in one span, by its number; without a condition all do. */
export const meets =
  (condition: GroupCondition | null, span: number) =>
  ({ tallies }: Pick<TallyGroup, 'tallies'>): boolean =>
    condition === null || hasEnough(condition, tallies.get(span) ?? nothing)

/** What has no value of the measure does not have enough of it. */
export const hasEnough = ({ measure, atLeast }: GroupCondition, tally: Readonly<Tally>): boolean => {
  const value = measures[measure].of(tally)
  return value !== null && value >= atLeast
}

/**
 * Orders groups by a measure of one span, or by their values.
 * @param order null: by values
 * @param span number of the span
 */
export function rankGroups(
  groups: readonly TallyGroup[],
  groupBy: readonly GroupDimension[],
  order: GroupOrder | null,
  span: number,
): TallyGroup[] {
  const ordered = groups.toSorted(byValues(groupBy))
  if (order === null) return ordered
  const sign = order.direction === 'asc' ? 1 : -1
  const valueOf = ({ tallies }: TallyGroup) => measures[order.measure].of(tallies.get(span) ?? nothing)
  // The sort is stable: equal groups stay in the order of their values.
  return ordered
    .map((group) => ({ group, value: valueOf(group) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null)
      return sign * (a.value - b.value)
    })
    .map(({ group }) => group)
}

function byValues(groupBy: readonly GroupDimension[]): (a: TallyGroup, b: TallyGroup) => number {
  const comparers = groupBy.map(compareValues)
  return (a, b) => {
    for (const [i, compare] of comparers.entries()) {
      const order = compare(a.values[i] ?? '', b.values[i] ?? '')
      if (order !== 0) return order
    }
    return 0
  }
}
