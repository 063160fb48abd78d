import { type AnswerGroups, wholesBy } from '../../../domain/measures/answer-groups.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import { sumOf, type Tallies, type TallyGroup } from '../../../domain/measures/groups.ts'
import { type GroupCondition, type GroupOrder, meets, rankGroups } from '../../../domain/measures/rank.ts'
import type { AnswerPeople } from './answer-people.ts'

/** Which groups are listed. */
export type Listing = {
  groupBy: readonly GroupDimension[]
  order: GroupOrder | null
  /** Which groups may be listed; null: all. */
  having: GroupCondition | null
  /** How many at most. */
  first: number
  /** Number of the span by which they are ordered. */
  span: number
  /** Throws if so many are too many. */
  check: (groups: { listed: number; rest: number }) => void
}

/**
 * Lists the first groups in an order and adds up the others. People are counted for what is listed only, and
 * nobody if that is too much.
 */
export async function topGroups(
  { total, groups }: { total: Tallies; groups: readonly TallyGroup[] },
  people: Omit<AnswerPeople, 'warn'>,
  { groupBy, order, having, first, span, check }: Listing,
): Promise<AnswerGroups> {
  // How many a condition leaves is known later.
  const listing = having === null ? Math.min(first, groups.length) : 0
  check({ listed: listing, rest: groups.length - listing })
  const ranked = rankGroups(await people.countForOrder(groups), groupBy, order, span)
  const matching = having === null ? ranked : ranked.filter(meets(having, span))
  const listed = matching.slice(0, first)
  const isListed = new Set(listed)
  const rest = ranked.filter((group) => !isListed.has(group))
  check({ listed: listed.length, rest: rest.length })
  const ofAll = await people.countInTotal(total)
  return {
    total: ofAll,
    wholeOf: wholesBy(groupBy, ofAll, groups, await people.countInWholes()),
    listed: await people.countInGroups(listed),
    matching: matching.length,
    rest: { groups: rest.length, tallies: await people.countInOther(rest, sumOf(rest)) },
  }
}
