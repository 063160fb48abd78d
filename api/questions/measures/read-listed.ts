import { readListsKeptFrom } from '../../../db/read/engagement/kept-lists.ts'
import { readAttemptLists } from '../../../db/read/engagement/attempt-lists.ts'
import { readIds } from '../../../db/read/engagement/member-numbers.ts'
import { isKeptSince } from '../../../db/read/rows/login-days.ts'
import type { AnswerGroups, Member } from '../../../domain/measures/answer-groups.ts'
import { cellsOf } from '../../../domain/measures/cells.ts'
import { type CountedKinds, topMembers } from '../../../domain/measures/top-members.ts'
import { type GroupDimension, isOfClock, isOfMembers } from '../../../domain/measures/group-dimension.ts'
import { type ClockCell, valueOf } from '../../../domain/measures/groups.ts'
import { ListedAttempts } from '../../../domain/measures/listed-attempts.ts'
import { countedKinds, isCounted, type PeopleMeasure } from '../../../domain/measures/people.ts'
import { rankMembers } from '../../../domain/measures/rank-members.ts'
import type { GroupOrder } from '../../../domain/measures/rank.ts'
import type { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import { type SightingKind, sightingKinds } from '../../../domain/sightings/sighting.ts'
import { bucketMs, floorTo } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { ApiContext } from '../../context/context.ts'
import { AnswerTooLargeError, DataGoneError } from '../../context/errors.ts'
import { limits, tooManyRows } from '../../context/limits.ts'
import { readCounts } from '../read-counts.ts'
import type { MeasurePlan, PartPlan } from './plan-measures.ts'
import { peopleMeasures, type PeoplePlan } from './plan-people.ts'
import { countedDimensions, type MeasureQuestion, type PlannedCells } from './read-measures.ts'
import type { MemberFilter } from './resolve-members.ts'
import type { Listing } from './top-groups.ts'

/** A question that the lists of logins by hour answer. */
export type ListQuestion = MeasureQuestion & { members: MemberFilter; unnumbered: UnnumberedMembers }

type MemberListing = Listing & {
  /** The spans that groups are wanted of, by number. */
  ofGroups: ReadonlySet<number>
  /** The dimensions within which shares are asked for. */
  withins: readonly (readonly GroupDimension[])[]
}

/** One reading of the lists has everything: the total is what the groups add up to. */
export function planOfLists(plan: MeasurePlan): MeasurePlan {
  const total = plan.total ?? partOfPeople(plan.people.total)
  if (plan.groups === null) return { ...plan, total }
  const isByBucket = plan.groups.isByBucket || (total?.isByBucket ?? false)
  const versions = plan.groups.versions || (total?.versions ?? false)
  return { ...plan, total: null, groups: { ...plan.groups, isByBucket, versions } }
}

/** What people are counted of has to be read, too. */
const partOfPeople = (planned: PeoplePlan['total']): PartPlan | null =>
  planned.length === 0
    ? null
    : {
        ...{ failures: false, versions: false, seen: 'nowhere' },
        isByBucket: planned.some(({ isByBucket }) => isByBucket),
      }

/**
 * Answers from the lists of logins by hour.
 * @param plan result of planOfLists
 * @throws {DataGoneError} if the lists of a range are no longer kept
 * @throws {AnswerTooLargeError} if more attempts would be read one by one, or more sums made of them, than the caps
 */
export async function readListed(
  context: ApiContext,
  asked: ListQuestion,
  plan: MeasurePlan,
  planned: PlannedCells,
  { order, having, first, span, check, ofGroups, withins }: MemberListing,
): Promise<AnswerGroups> {
  const question = plan.groups === null ? { ...asked, groupBy: [] } : asked
  const { groupBy, attempts: of, unnumbered } = question
  const cells = (plan.groups === null ? planned.total : planned.groups).counts
  await checkKept(context, question)
  const most = await checkAttempts(context, question)
  const attempts = await readAttempts(context, question, plan, { cells, most })
  const ranking = { groupBy, order: orderOf(order, groupBy), having, first, span, of, unnumbered }
  const { ranked, matching } =
    plan.groups === null ? { ranked: [], matching: 0 } : rankMembers(attempts, cells, ranking)
  check({ listed: ranked.length, rest: attempts.groups.size - ranked.length })
  const memberOf = await readMembers(context, question, attempts, ranked)
  const counted = countedKindsOf(plan.people)
  const listing = { cells, ofGroups, groupBy, ranked, of, counted, withins, memberOf, most: limits.rows }
  const answer = topMembers(attempts, listing)
  if (answer === null) throw tooManyRows()
  const rest = plan.groups === null ? { groups: 0, tallies: new Map<number, never>() } : answer.rest
  return { ...answer, matching, rest }
}

/** Members are too many to be ordered by their ids. */
const orderOf = (order: GroupOrder | null, groupBy: readonly GroupDimension[]): GroupOrder | null =>
  order ?? (groupBy.some(isOfMembers) ? { measure: 'logins', direction: 'desc' } : null)

async function checkKept(context: ApiContext, { spans }: ListQuestion): Promise<void> {
  const keptFrom = await context.read(readListsKeptFrom)
  const firstMs = Math.min(...spans.ranges.map(({ fromMs }) => fromMs))
  if (isKeptSince(keptFrom, new Date(firstMs))) return
  throw new DataGoneError(
    `what single users, devices and addresses did is known from ${isoTime(keptFrom.getTime())} on (SET_RETENTION_DAYS): ` +
      'ask for later days, or without groupBy and filter by them',
    { argument: 'from', keptFrom },
  )
}

/** @returns how many attempts the hours of the question have */
async function checkAttempts(context: ApiContext, { spans, filter }: ListQuestion): Promise<number> {
  const question = { dimensions: [], filter, source: { kind: 'now' as const } }
  const hours = spans.ranges.map(({ fromMs, toMs }, number) => ({
    number,
    span: { fromMs: floorTo(fromMs, bucketMs.hour), toMs: -floorTo(-toMs, bucketMs.hour) },
  }))
  const counts = await readCounts(context, cellsOf(hours), question, limits.rows)
  const asked = counts.reduce((sum, { logins }) => sum + logins.reduce((a, b) => a + b, 0), 0)
  if (asked <= limits.listedAttempts) return asked
  throw new AnswerTooLargeError(
    `${asked} attempts would be read one by one, more than the cap of ${limits.listedAttempts}: ask for a shorter range, with a filter ` +
      'by device type, app version, locale or outcome, or compare with fewer others',
    { argument: 'from', cap: limits.listedAttempts, asked },
  )
}

async function readAttempts(
  context: ApiContext,
  { groupBy, filter, members, spans, unnumbered }: ListQuestion,
  { groups, total, people, hasTimes }: MeasurePlan,
  { cells, most }: { cells: readonly ClockCell[]; most: number },
): Promise<ListedAttempts> {
  const [kinds, counted] = [groupBy.filter(isOfMembers), countedIn(people)]
  const hasVersions = (groups ?? total)?.versions ?? false
  const attempts = new ListedAttempts({
    ...{ cells, kinds, only: members, counted, hasVersions, hasTimes },
    textsOf: (values, cell) =>
      groupBy.flatMap((name) => {
        if (isOfMembers(name)) return []
        return [isOfClock(name) ? (cells[cell]?.clock[name] ?? '') : valueOf(name, values)]
      }),
  })
  // Of some members there are few.
  if (Object.keys(members).length === 0) attempts.reserve(most)
  const asked = {
    ...{ dimensions: countedDimensions(groupBy, hasVersions), filter, only: members },
    mayLackMinutes: (day: { startMs: number; lengthMs: number }) => attempts.mayLackMinutes(day),
    kinds: sightingKinds.filter(
      (kind) => kinds.includes(kind) || counted.includes(kind) || members[kind] !== undefined,
    ),
  }
  await context.read((session) =>
    readAttemptLists(session, spans.ranges, asked, unnumbered, (list) => {
      attempts.add(list)
    }),
  )
  return attempts
}

/** The kinds of whom different ones are counted. */
const countedIn = (people: PeoplePlan): SightingKind[] => kindsOf(peopleMeasures(people))

const kindsOf = (names: readonly PeopleMeasure['name'][]): SightingKind[] => [
  ...new Set(names.flatMap((name) => (isCounted(name) ? [countedKinds[name]] : []))),
]

function countedKindsOf({ total, groups, other, wholes }: PeoplePlan): CountedKinds {
  const kindsIn = (planned: PeoplePlan['total']) => kindsOf(planned.map(({ measure }) => measure.name))
  return {
    ...{ listed: kindsIn(groups), rest: kindsIn(other), total: kindsIn(total) },
    wholes: kindsIn(wholes.flatMap(({ people }) => people)),
  }
}

/** Looks up the members of the groups that are listed. */
async function readMembers(
  { read }: Pick<ApiContext, 'read'>,
  { groupBy, unnumbered }: Pick<ListQuestion, 'groupBy' | 'unnumbered'>,
  attempts: ListedAttempts,
  ranked: readonly number[],
): Promise<(kind: SightingKind, number: number) => Member> {
  const ids = new Map<SightingKind, Map<number, string>>()
  for (const [i, kind] of groupBy.filter(isOfMembers).entries()) {
    const numbers = ranked.map((group) => attempts.groups.partsOf(group)[i + 1] ?? -1)
    const known = [...new Set(numbers.filter((number) => number >= 0))]
    ids.set(kind, await read((session) => readIds(session, kind, known)))
  }
  return (kind, number) =>
    number < 0
      ? { kind, id: unnumbered.idOf(kind, number), number: null }
      : { kind, id: ids.get(kind)?.get(number) ?? '', number }
}
