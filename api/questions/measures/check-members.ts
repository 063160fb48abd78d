import { camel } from '../../../domain/counts/dimensions.ts'
import { type GroupDimension, isOfClock, isOfMembers } from '../../../domain/measures/group-dimension.ts'
import { UnsupportedCombinationError } from '../../context/errors.ts'
import { isCounted } from '../../../domain/measures/people.ts'
import type { MeasurePlan } from './plan-measures.ts'
import { peopleMeasures } from './plan-people.ts'
import { type PastArgument, refusePast } from './refuse-clock-and-past.ts'

/** What a question asks of users, devices and addresses. */
export type AskedMembers = {
  groupBy: readonly GroupDimension[]
  first: number | null | undefined
  /** Whether the filter is by them. */
  isFiltered: boolean
  /** The arguments that the client sent of those that ask for counts as of a moment, or since one. */
  past: readonly PastArgument[]
}

/**
 * Whether only the lists of logins by hour can answer: groups or the filter are by users, devices or addresses, or these are
 * counted by the clock.
 */
export function needsLists(
  { groupBy, isFiltered }: Pick<AskedMembers, 'groupBy' | 'isFiltered'>,
  { total, groups, people }: MeasurePlan,
): boolean {
  const isMeasured = total !== null || groups !== null || people.isAny
  const isByClock = groupBy.some(isOfClock) && peopleOfGroups(people).length > 0
  return (isFiltered && isMeasured) || (groups !== null && (groupBy.some(isOfMembers) || isByClock))
}

/** @throws {UnsupportedCombinationError} if arguments do not go together */
export function checkMembers(asked: AskedMembers, plan: MeasurePlan): void {
  const { groupBy, first, isFiltered, past } = asked
  const member = groupBy.find(isOfMembers)
  if (member !== undefined && groupBy.some(isOfClock))
    throw new UnsupportedCombinationError(
      `${member.toUpperCase()} does not go with WEEKDAY or HOUR_OF_DAY: leave one of them out, or name users, devices or addresses in the filter`,
      'groupBy',
    )
  if (member !== undefined && plan.groups !== null && first == null)
    throw new UnsupportedCombinationError(
      `groupBy ${member.toUpperCase()} needs first, such as first: 10; \`other\` adds up the rest`,
      'first',
    )
  if (!needsLists(asked, plan)) return
  // Those of the total are known without the lists.
  const listed = isFiltered ? peopleMeasures(plan.people) : peopleOfGroups(plan.people)
  const unlisted = listed.find((name) => !isCounted(name))
  if (unlisted !== undefined) throw notListed(camel(unlisted), isFiltered)
  if (!isFiltered && member === undefined) return
  const what = isFiltered ? 'a filter by' : 'groupBy'
  refusePast(
    past,
    (sent) => `${what} users, devices or addresses is known as of now only: leave it out, or ${sent}`,
  )
}

/** The measures of people of everything but the total. */
const peopleOfGroups = (people: MeasurePlan['people']) => peopleMeasures({ ...people, total: [] })

const notListed = (field: string, isFiltered: boolean) =>
  isFiltered
    ? new UnsupportedCombinationError(
        `${field} is not known with a filter by users, devices or addresses: ask for users, devices or addresses`,
        'filter',
      )
    : new UnsupportedCombinationError(
        `${field} is not known beside groups by users, devices or addresses: ask for users, devices or addresses, or for ${field} of the total`,
        'groupBy',
      )
