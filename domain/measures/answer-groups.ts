import type { SightingKind } from '../sightings/sighting.ts'
import type { GroupDimension } from './group-dimension.ts'
import { sumOf, type Tallies, type TallyGroup } from './groups.ts'

/** A user, device or address, and its number; null: it has none yet. */
export type Member = { kind: SightingKind; id: string; number: number | null }

/** A group that is listed. `member`: the first of its values that is one; left out: none is. */
export type ListedGroup = TallyGroup & { member?: Member }

/** What a group is a part of: all, or all groups with the same values of some dimensions. */
export type WholeOf = (group: TallyGroup | null, within: readonly GroupDimension[]) => Tallies

/** The groups of an answer: the first ones in an order, and what the others, and all together, come to. */
export type AnswerGroups = {
  total: Tallies
  listed: readonly ListedGroup[]
  /** How many groups may be listed, by their condition. */
  matching: number
  rest: { groups: number; tallies: Tallies }
  wholeOf: WholeOf
}

/** Puts people into the tallies of the groups that have the same values of some dimensions as a group. */
export type PutIntoWhole = (
  within: readonly GroupDimension[],
  group: Pick<TallyGroup, 'values'>,
  whole: Tallies,
) => Tallies

/**
 * Returns a function that finds what a group is a part of.
 * @param all all groups
 */
export function wholesBy(
  groupBy: readonly GroupDimension[],
  total: Tallies,
  all: readonly TallyGroup[],
  putIntoWhole: PutIntoWhole,
): WholeOf {
  const known = new Map<string, Map<string, Tallies>>()
  return (group, within) => {
    if (group === null || within.length === 0) return total
    const keyOf = ({ values }: TallyGroup) =>
      JSON.stringify(groupBy.map((name, i) => (within.includes(name) ? values[i] : null)))
    const signature = signatureOf(within)
    const wholes =
      known.get(signature) ??
      new Map(
        Array.from(Map.groupBy(all, keyOf), ([key, some]) => [
          key,
          putIntoWhole(within, some[0] ?? group, sumOf(some)),
        ]),
      )
    known.set(signature, wholes)
    return wholes.get(keyOf(group)) ?? total
  }
}

/** Names some dimensions, in whatever order they are. */
export const signatureOf = (within: readonly GroupDimension[]): string => within.toSorted().join()
