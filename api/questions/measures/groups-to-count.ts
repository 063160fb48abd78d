import type { SetQuestion } from '../../../db/read/engagement/set-cells.ts'
import { ofValues, type SetFilter } from '../../../db/read/counts/set-filter.ts'
import { keyOfStored } from '../../../db/read/engagement/set-groups.ts'
import type { GroupName } from '../../../domain/counts/dimensions.ts'
import { storedValue } from '../../../domain/measures/group-dimension.ts'
import type { TallyGroup } from '../../../domain/measures/groups.ts'

export type GroupsToCount = Omit<SetQuestion, 'kind' | 'areNew'>

type Groups = readonly Pick<TallyGroup, 'values'>[]

/** The question about some groups, each by itself. The few regions are all counted, because bitmaps know them so. */
export function eachOf(by: readonly GroupName[], filter: SetFilter, groups: Groups): GroupsToCount {
  const [name, another] = by
  if (another !== undefined) return { by, filter, among: amongOf(by, groups, false) }
  return name === undefined || name === 'us_region'
    ? { by, filter }
    : { by, filter: ofValues(filter, name, valuesOf(name, groups)) }
}

/** The question about some groups together. */
export function togetherOf(by: readonly GroupName[], filter: SetFilter, groups: Groups): GroupsToCount {
  const [name, another] = by
  if (name === undefined || another !== undefined) return { by, filter, among: amongOf(by, groups, true) }
  return { by: [], filter: ofValues(filter, name, valuesOf(name, groups)) }
}

/** The stored values of groups of one dimension. */
const valuesOf = (name: GroupName, groups: Groups): string[] =>
  groups.map(({ values: [text = ''] }) => storedValue(name, text))

const amongOf = (by: readonly GroupName[], groups: Groups, areTogether: boolean) => ({
  groups: new Set(
    groups.map(({ values }) =>
      keyOfStored(by, Object.fromEntries(by.map((name, i) => [name, storedValue(name, values[i] ?? '')]))),
    ),
  ),
  areTogether,
})
