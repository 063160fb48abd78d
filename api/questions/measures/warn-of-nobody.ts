import type { GraphQLResolveInfo } from 'graphql'
import type { SetFilter } from '../../../db/read/counts/set-filter.ts'
import type { AnswerGroups } from '../../../domain/measures/answer-groups.ts'
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

/**
 * Warns, once, if `attempts` leaves nobody to count: in all of the answer, or in a listed group or the total.
 * @param plan what was read for the answer
 * @param span number of the range asked for
 */
export function warnOfNobody(
  context: ApiContext,
  info: GraphQLResolveInfo,
  { filter, plan, span }: { filter: SetFilter; plan: MeasurePlan; span: number },
  answer: AnswerGroups,
): void {
  if (plan.people.isAny && warnIfEmpty(context, info, filter)) return
  if (hasNobody(filter.attempts, plan, answer, span)) warnOfEmptyGroups(context, info, filter.attempts)
}

/** Whether a listed group, or the total, has attempts in a span, but none of the kind whose people or moments are asked for. */
function hasNobody(
  attempts: AttemptKind,
  plan: Pick<MeasurePlan, 'total' | 'groups' | 'people'>,
  { total, listed }: Pick<AnswerGroups, 'total' | 'listed'>,
  span: number,
): boolean {
  if (attempts === 'all') return false
  const asked = (part: MeasurePlan['total'], people: readonly PlannedPeople[]): Asked => ({
    people: people.filter(({ measure }) => isCounted(measure.name)),
    isSeen: part !== null && part.seen !== 'nowhere',
    hasFailures: part?.failures ?? false,
  })
  const ofTotal = asked(plan.total ?? plan.groups, plan.people.total)
  const ofGroups = asked(plan.groups, plan.people.groups)
  const isEmpty = (tallies: Tallies, part: Asked) => {
    const tally = tallies.get(span)
    return tally !== undefined && tally.attempts > 0 && isWithoutAny(tally, part, attempts)
  }
  return isEmpty(total, ofTotal) || listed.some(({ tallies }) => isEmpty(tallies, ofGroups))
}

/** Where failures are not counted apart, people and moments alone tell; they follow attempts by about a second. */
function isWithoutAny(tally: Readonly<Tally>, { people, isSeen, hasFailures }: Asked, attempts: AttemptKind) {
  const { attempts: all, failures, lastSeenMs } = tally
  if (hasFailures && (attempts === 'failures' ? failures : all - failures) > 0) return false
  return people.some(({ measure }) => tally.people.of(measure) === 0) || (isSeen && lastSeenMs === -Infinity)
}
