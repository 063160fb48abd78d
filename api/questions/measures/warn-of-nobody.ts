import type { GraphQLResolveInfo } from 'graphql'
import { readPendingSightings } from '../../../db/read/engagement/pending-sightings.ts'
import type { SetFilter } from '../../../db/read/counts/set-filter.ts'
import type { AnswerGroups } from '../../../domain/measures/answer-groups.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import type { Tallies } from '../../../domain/measures/groups.ts'
import type { Tally } from '../../../domain/measures/measure.ts'
import { isCounted } from '../../../domain/measures/people.ts'
import type { PlannedPeople } from '../../../domain/measures/people-places.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { ApiContext } from '../../context/context.ts'
import { warnIfEmpty, warnOfEmptyGroups } from '../attempt-warnings.ts'
import type { MeasurePlan } from './plan-measures.ts'

/** What is asked for of the total or of groups, as far as `attempts` may leave it empty. */
type Asked = { people: readonly PlannedPeople[]; isSeen: boolean; hasFailures: boolean }

/** What was read for an answer; `span`: number of the range asked for. */
type Read = {
  filter: SetFilter
  groupBy: readonly GroupDimension[]
  plan: MeasurePlan
  span: number
  hasBitmaps: boolean
}

/**
 * Warns, once, if `attempts` leaves nobody to count: in all of the answer, or in a listed group or the total. Bitmaps may lack
 * people of a moment ago; meanwhile only the counts of failures and the outcome of a group tell.
 */
export async function warnOfNobody(
  context: ApiContext,
  info: GraphQLResolveInfo,
  read: Read,
  answer: AnswerGroups,
): Promise<void> {
  const { filter, plan, hasBitmaps } = read
  if (plan.people.isAny && warnIfEmpty(context, info, filter)) return
  const isFollowed = async () => !hasBitmaps || (await context.read(readPendingSightings)).batches === 0
  if (hasNobody(read, answer, true) || (hasNobody(read, answer, false) && (await isFollowed())))
    warnOfEmptyGroups(context, info, filter.attempts)
}

/**
 * Whether a listed group, or the total, has attempts in a span, but none of the kind whose people or moments are asked for.
 * @param byCounts whether counts alone may tell, and not that there are no people
 */
function hasNobody(
  { filter: { attempts }, groupBy, plan, span }: Read,
  { total, listed }: Pick<AnswerGroups, 'total' | 'listed'>,
  byCounts: boolean,
): boolean {
  if (attempts === 'all') return false
  const asked = (part: MeasurePlan['total'], people: readonly PlannedPeople[]): Asked => ({
    people: people.filter(({ measure }) => isCounted(measure.name)),
    isSeen: part !== null && part.seen !== 'nowhere',
    hasFailures: part?.failures ?? false,
  })
  const ofTotal = asked(plan.total ?? plan.groups, plan.people.total)
  const ofGroups = asked(plan.groups, plan.people.groups)
  const isEmpty = (tallies: Tallies, part: Asked, outcome?: string) => {
    const tally = tallies.get(span)
    if (tally === undefined || tally.attempts === 0) return false
    const isOther = outcome !== undefined && (outcome === 'FAILURE') !== (attempts === 'failures')
    if (byCounts && !part.hasFailures && !isOther) return false
    return isWithoutAny(tally, part, attempts)
  }
  const place = groupBy.indexOf('outcome')
  return (
    isEmpty(total, ofTotal) || listed.some(({ tallies, values }) => isEmpty(tallies, ofGroups, values[place]))
  )
}

/** Where failures are not counted apart, people and moments alone tell. */
function isWithoutAny(tally: Readonly<Tally>, { people, isSeen, hasFailures }: Asked, attempts: AttemptKind) {
  const { attempts: all, failures, lastSeenMs } = tally
  if (hasFailures && (attempts === 'failures' ? failures : all - failures) > 0) return false
  return people.some(({ measure }) => tally.people.of(measure) === 0) || (isSeen && lastSeenMs === -Infinity)
}
