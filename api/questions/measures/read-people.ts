import { type FoundSets, readHeldSets } from '../../../db/read/engagement/held-sets.ts'
import type { SetQuestion } from '../../../db/read/engagement/set-cells.ts'
import { readSetsTogether } from '../../../db/read/engagement/sets-together.ts'
import type { GroupValues } from '../../../db/read/engagement/set-groups.ts'
import type { ReadSession } from '../../../db/nodes/snapshot.ts'
import { hasOldHalves } from '../../../domain/engagement/set-sources.ts'
import { valueText } from '../../../domain/measures/group-dimension.ts'
import { keyOfGroup } from '../../../domain/measures/groups.ts'
import {
  countedKinds,
  type CountIn,
  type CountName,
  nobody,
  type People,
  peopleOf,
} from '../../../domain/measures/people.ts'
import { keyOfCount, type PeoplePlace } from '../../../domain/measures/people-places.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { Calendar } from '../../../domain/time/calendar.ts'
import type { ApiContext } from '../../context/context.ts'
import { AnswerTooLargeError, DataGoneError } from '../../context/errors.ts'
import { limits } from '../../context/limits.ts'
import type { GroupsToCount } from './groups-to-count.ts'
import { type PlannedReadings, planReadings } from './plan-readings.ts'

/** Which members are counted for what. */
const members = {
  users: { kind: countedKinds.users, areNew: false },
  devices: { kind: countedKinds.devices, areNew: false },
  addresses: { kind: countedKinds.addresses, areNew: false },
  new_users: { kind: countedKinds.users, areNew: true },
} as const satisfies Record<CountName, Pick<SetQuestion, 'kind' | 'areNew'>>

/** What was counted of people. */
export type ReadPeople = {
  /**
   * Those of a group in a span of the answer.
   * @param group keyOfGroup of its values
   * @param number of the span
   */
  peopleIn: (group: string, number: number) => People
  /** Some count failures as logins: those of days before this one (since 1970-01-01). Null: none do. */
  oldHalvesTo: number | null
  /** Whether some are of days of UTC in place of their spans. */
  isOfUtcDays: boolean
}

const noPeople: ReadPeople = { peopleIn: () => nobody, oldHalvesTo: null, isOfUtcDays: false }

/**
 * Counts what the measures of people of some places need.
 * @throws {DataGoneError} if only lists could answer that are no longer kept
 * @throws {AnswerTooLargeError} if lists or bitmaps have more than the cap
 */
export async function readPeople(
  context: ApiContext,
  calendar: Calendar,
  groups: GroupsToCount,
  places: readonly PeoplePlace[],
): Promise<ReadPeople> {
  const all = places.flatMap(({ counts }) => counts)
  if (all.length === 0) return noPeople
  const spans = new Set(all.map(keyOfCount)).size
  if (spans > limits.comparedBuckets) throw tooManySpans(spans)
  const counted = [...new Set(all.map((count) => count.counted))]
  const range = {
    fromMs: all.reduce((least, { span }) => Math.min(least, span.fromMs), Infinity),
    toMs: all.reduce((most, { span }) => Math.max(most, span.toMs), -Infinity),
  }
  return await context.read(async (session) => {
    const questions = counted.map((one) => ({ ...groups, ...members[one] }))
    const found = await readHeldSets(session, questions, range)
    const asked = counted.flatMap((one, i) => {
      const [question, sets] = [questions[i], found[i]]
      return question === undefined || sets === undefined ? [] : [{ counted: one, question, ...sets }]
    })
    const readings = planReadings(
      places,
      new Map(asked.map(({ counted, held }) => [counted, held])),
      calendar,
    )
    if (readings === null) throw listsGone(Math.min(...asked.map(({ held }) => held.listsFromMs)))
    const counts = await countMembers(session, groups, asked, readings)
    const oldHalves = asked.filter(({ counted, held }) =>
      readings.sources.get(counted)?.some((source) => hasOldHalves(source, held)),
    )
    return {
      peopleIn: peopleOfReadings(readings, counts),
      oldHalvesTo: oldHalves.length === 0 ? null : Math.max(...oldHalves.map(({ held }) => held.exactFrom)),
      isOfUtcDays: [...readings.places.values()].some(({ basis }) => basis === 'utc_days'),
    }
  })
}

/** What is counted, and what there is to count it by. */
type AskedMembers = FoundSets & { counted: CountName; question: SetQuestion }

/** By the number of a reading and keyOfGroup of a group. */
type MemberCounts = ReadonlyMap<string, number>

const keyOfMembers = (reading: number | undefined, group: string): string => `${reading} ${group}`

async function countMembers(
  session: ReadSession,
  groups: GroupsToCount,
  asked: readonly AskedMembers[],
  { sources }: PlannedReadings,
): Promise<MemberCounts> {
  const found = new Map<string, number>()
  const sets = asked.map((one) => ({ ...one, sources: sources.get(one.counted) ?? [] }))
  const counts = await readSetsTogether(session, sets, {
    most: limits.listedBytes,
    mostBitmaps: limits.bitmaps,
  })
  if (counts === 'bitmaps') throw tooManyBitmaps()
  if (counts === 'bytes') throw setsTooLarge()
  for (const { values, number, members: count } of counts.flat())
    found.set(keyOfMembers(number, keyOfAnswer(groups, values)), count)
  return found
}

const peopleOfReadings =
  ({ places }: PlannedReadings, counts: MemberCounts): ReadPeople['peopleIn'] =>
  (group, number) => {
    const planned = places.get(number)
    if (planned === undefined) return nobody
    const { place, basis, numberOf } = planned
    const count: CountIn = (counted, span) =>
      counts.get(keyOfMembers(numberOf({ counted, span }), group)) ?? 0
    return { basis, of: (measure) => peopleOf(measure, place, count) }
  }

/** Groups that are counted together have no values. */
const keyOfAnswer = ({ by }: GroupsToCount, values: GroupValues): string =>
  keyOfGroup(by.flatMap((name) => (values[name] === undefined ? [] : [valueText(name, values[name])])))

const listsGone = (keptFromMs: number) =>
  new DataGoneError(
    'users, devices and addresses of parts of days and by several dimensions, and devices and addresses by one, are known from ' +
      `${isoTime(keptFromMs)} on (SET_RETENTION_DAYS): ask for later days, or for users of whole days by at most one dimension`,
    { argument: 'from', keptFrom: new Date(keptFromMs) },
  )

const setsTooLarge = () =>
  new AnswerTooLargeError(
    `the lists of hours or the bitmaps of days that would be read have more than the cap of ${limits.listedBytes} bytes: ask for a shorter ` +
      'range, for days of UTC, for fewer groups, or for fewer of users, devices and addresses',
    { cap: limits.listedBytes },
  )

const tooManyBitmaps = () =>
  new AnswerTooLargeError(
    `more than the cap of ${limits.bitmaps} bitmaps of days would be added up: ask for a shorter range, a coarser bucket or fewer groups`,
    { cap: limits.bitmaps },
  )

const tooManySpans = (asked: number) =>
  new AnswerTooLargeError(
    `users, devices and addresses of ${asked} spans would be counted, more than the cap of ${limits.comparedBuckets}: ask for a shorter ` +
      'range, a coarser bucket or fewer measures',
    { cap: limits.comparedBuckets, asked },
  )
