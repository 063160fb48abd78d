import { type AnswerGroups, wholesBy } from '../../../domain/measures/answer-groups.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import { sumOf, type Tallies, type TallyGroup } from '../../../domain/measures/groups.ts'
import { type GroupOrder, rankGroups } from '../../../domain/measures/rank.ts'
import type { AnswerPeople } from './answer-people.ts'

/** Which groups are listed. */
export type Listing = {
  groupBy: readonly GroupDimension[]
  order: GroupOrder | null
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
  { groupBy, order, first, span, check }: Listing,
): Promise<AnswerGroups> {
  const listing = Math.min(first, groups.length)
  check({ listed: listing, rest: groups.length - listing })
  const ranked = rankGroups(await people.countForOrder(groups), groupBy, order, span)
  const [listed, rest] = [ranked.slice(0, first), ranked.slice(first)]
  const ofAll = await people.countInTotal(total)
  return {
    total: ofAll,
    wholeOf: wholesBy(groupBy, ofAll, groups, await people.countInWholes()),
    listed: await people.countInGroups(listed),
    rest: { groups: rest.length, tallies: await people.countInOther(rest, sumOf(rest)) },
  }
}
