import type { GraphQLResolveInfo } from 'graphql'
import type { SetFilter } from '../../../db/read/counts/set-filter.ts'
import { type GroupDimension, isOfValues } from '../../../domain/measures/group-dimension.ts'
import { type PutIntoWhole, signatureOf } from '../../../domain/measures/answer-groups.ts'
import { keyOfGroup, type Tallies, type TallyGroup, withPeople } from '../../../domain/measures/groups.ts'
import { placeInTime } from '../../../domain/measures/place-in-time.ts'
import type { AnswerSpans } from '../../../domain/measures/spans.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { peoplePlaces, type PlannedPeople } from '../../../domain/measures/people-places.ts'
import type { ApiContext } from '../../context/context.ts'
import { AnswerTooLargeError } from '../../context/errors.ts'
import { checkBuckets, limits } from '../../context/limits.ts'
import { warnOfOldHalves, warnOfUtcDays } from '../attempt-warnings.ts'
import { eachOf, type GroupsToCount, togetherOf } from './groups-to-count.ts'
import type { PeoplePlan } from './plan-people.ts'
import type { MeasureQuestion } from './read-measures.ts'
import { readPeople, type ReadPeople } from './read-people.ts'

/** Counts the people of the parts of an answer, and puts them into the tallies of the parts. */
export type AnswerPeople = {
  /** Those by which groups are ordered. */
  countForOrder: (groups: readonly TallyGroup[]) => Promise<TallyGroup[]>
  countInTotal: (total: Tallies) => Promise<Tallies>
  countInGroups: (groups: readonly TallyGroup[]) => Promise<TallyGroup[]>
  countInOther: (groups: readonly TallyGroup[], together: Tallies) => Promise<Tallies>
  countInWholes: () => Promise<PutIntoWhole>
  /** Warns of what was read; call it last. */
  warn: () => void
}

/**
 * Returns functions that count people; they throw as readPeople and CountPlanned do.
 * @throws {AnswerTooLargeError} if the range has more days than the cap
 */
export function answerPeople(
  context: ApiContext,
  info: GraphQLResolveInfo,
  question: MeasureQuestion,
  plan: PeoplePlan,
): AnswerPeople {
  const { spans, groupBy } = question
  const filter = { ...question.filter, attempts: question.attempts }
  const by = groupBy.filter(isOfValues)
  if (plan.isAny) for (const range of spans.ranges) checkBuckets(range, 'day')
  const found: ReadPeople[] = []
  const count = counterOf(context, question, found)
  // Groups are ordered by the range asked for, whatever it is compared with.
  const ofRange = { list: () => spans.list(false).slice(0, 1) }
  const countToOrder = counterOf(context, { ...question, spans: ofRange }, found)
  const countEach = async (
    counter: CountPlanned,
    planned: readonly PlannedPeople[],
    groups: readonly TallyGroup[],
  ) => {
    if (planned.length === 0 || groups.length === 0) return [...groups]
    const put = await counter(planned, eachOf(by, filter, groups), groups.length)
    return groups.map(({ values, tallies }) => ({ values, tallies: put(tallies, keyOfGroup(values)) }))
  }
  return {
    countForOrder: (groups) => countEach(countToOrder, plan.order, groups),
    countInGroups: (groups) => countEach(count, plan.groups, groups),
    countInTotal: async (total) => (await count(plan.total, { by: [], filter }))(total),
    countInOther: async (groups, together) =>
      plan.other.length === 0
        ? together
        : (await count(plan.other, togetherOf(by, filter, groups)))(together),
    countInWholes: () => countWholes(count, groupBy, filter, plan.wholes),
    warn: () => {
      warnOf(context, info, found)
    },
  }
}

/**
 * Counts what is planned of some groups. The result puts the people of one of them, by keyOfGroup, into its tallies.
 * @param size how many groups there are; 1 if left out
 * @throws {AnswerTooLargeError} if their measures are made of more counts than the cap
 */
type CountPlanned = (
  planned: readonly PlannedPeople[],
  groups: GroupsToCount,
  size?: number,
) => Promise<(tallies: Tallies, group?: string) => Tallies>

type CountedQuestion = Pick<MeasureQuestion, 'calendar' | 'bucket'> & { spans: Pick<AnswerSpans, 'list'> }

/** @param found gets what is read */
function counterOf(
  context: ApiContext,
  { calendar, bucket, spans }: CountedQuestion,
  found: ReadPeople[],
): CountPlanned {
  const placeOf = (span: TimeBucket) => placeInTime(calendar, bucket, span, context.clock.minuteMs)
  return async (planned, groups, size = 1) => {
    const places = peoplePlaces(spans, planned, placeOf, limits.memberCounts / size)
    if (places === null) throw tooManyCounts()
    const people = await readPeople(context, calendar, groups, places)
    found.push(people)
    const numbers = places.map(({ number }) => number)
    return (tallies, group = '') => withPeople(tallies, numbers, (number) => people.peopleIn(group, number))
  }
}

const tooManyCounts = () =>
  new AnswerTooLargeError(
    `the measures of users, devices and addresses are made of more counts than the cap of ${limits.memberCounts}: ask for a shorter range, ` +
      'a coarser bucket, fewer groups, fewer measures or fewer days of stickiness',
    { cap: limits.memberCounts },
  )

async function countWholes(
  count: CountPlanned,
  groupBy: readonly GroupDimension[],
  filter: SetFilter,
  planned: PeoplePlan['wholes'],
): Promise<PutIntoWhole> {
  const wholes = new Map<string, Awaited<ReturnType<CountPlanned>>>()
  for (const { within, people } of planned) {
    const by = groupBy.filter(isOfValues).filter((name) => within.includes(name))
    wholes.set(signatureOf(within), await count(people, { by, filter }))
  }
  return (within, { values }, whole) => {
    const own = groupBy.flatMap((name, i) => (within.includes(name) ? [values[i] ?? ''] : []))
    return wholes.get(signatureOf(within))?.(whole, keyOfGroup(own)) ?? whole
  }
}

/** Says what the numbers are not, once. */
function warnOf(context: ApiContext, info: GraphQLResolveInfo, found: readonly ReadPeople[]): void {
  const oldHalvesTo = found.flatMap((people) => people.oldHalvesTo ?? [])
  if (oldHalvesTo.length > 0) warnOfOldHalves(context, info, Math.max(...oldHalvesTo))
  if (found.some(({ isOfUtcDays }) => isOfUtcDays)) warnOfUtcDays(context, info)
}
