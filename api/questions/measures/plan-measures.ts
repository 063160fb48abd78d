import { type GroupDimension, isOfClock } from '../../../domain/measures/group-dimension.ts'
import { type Measure, measures, type MeasureSource } from '../../../domain/measures/measure.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { GroupCondition, GroupOrder } from '../../../domain/measures/rank.ts'
import { UnsupportedCombinationError } from '../../context/errors.ts'
import type { SelectedField } from '../selected-fields.ts'
import { versionOf } from '../version-argument.ts'
import { BY_BUCKET, dividedBy, isOfTotal } from './measured-fields.ts'
import { type PeoplePlan, planPeople } from './plan-people.ts'
import { type PastArgument, refuseClockAndPast, refusePast } from './refuse-clock-and-past.ts'

/** What a question asks for, as far as the plan depends on it. */
export type Asked = {
  groupBy: readonly GroupDimension[]
  order: GroupOrder | null
  having: GroupCondition | null
  hasBuckets: boolean
  /** The arguments that the client sent of those that ask for counts as of a moment, or since one. */
  past: readonly PastArgument[]
}

/** What has to be read for a part of the answer: everything together, or the groups. */
export type PartPlan = {
  isByBucket: boolean
  /** Whether failures are counted apart. */
  failures: boolean
  /** Whether logins are also counted by app version. */
  versions: boolean
  /** Where the first or the last attempt is asked for: nowhere, in whole ranges, or in buckets, too. */
  seen: 'nowhere' | 'ranges' | 'buckets'
}

/** How many lists of each kind a part of the answer has. Points and groups have their compared ones beside them. */
export type ListCounts = { points: number; comparedPoints: number; series: number }

export type MeasurePlan = {
  /** Null: nothing of it is selected, or the groups add up to it. */
  total: PartPlan | null
  /** Null: nothing of it is selected, or nothing is grouped by. */
  groups: PartPlan | null
  people: PeoplePlan
  /** Whether the first or the last attempt is asked for anywhere. */
  hasTimes: boolean
  /** Whether the ranges of `compareTo` are read. */
  isCompared: boolean
  /** Whether the newest release is looked for. */
  newest: boolean
  lists: Record<'total' | 'group' | 'other', ListCounts>
}

/**
 * Decides what has to be read for an answer.
 * @param selected the fields below `measures`
 * @throws {UnsupportedCombinationError} if measures, dimensions and arguments do not go together
 * @throws {InvalidArgumentError} if a version is none
 */
export function planMeasures(selected: readonly SelectedField[], asked: Asked): MeasurePlan {
  selected.forEach((field) => {
    checkField(field, asked)
  })
  checkOrder(asked)
  const ofTotal = selected.filter(isOfTotal)
  const ofGroups = selected.filter(({ path: [first] }) => GROUP_FIELDS.includes(first ?? ''))
  const total = ofTotal.some(isOfCounts) ? partOf(ofTotal, [], asked) : null
  const hasGroups = ofGroups.length > 0 && asked.groupBy.length > 0
  const ranked = [asked.order, asked.having].flatMap((by) => (by === null ? [] : [by.measure]))
  const groups = hasGroups ? partOf(ofGroups, ranked, asked) : null
  return {
    ...sharedReading(total, groups, asked),
    people: planPeople(selected, asked),
    hasTimes: [total, groups].some((part) => part !== null && part.seen !== 'nowhere'),
    isCompared: selected.some(({ path }) => path.includes('compared')),
    newest: selected.some(isOfNewest),
    lists: {
      total: listsOf(ofTotal),
      group: listsOf(ofGroups.filter(({ path: [first] }) => first === 'groups')),
      other: listsOf(ofGroups.filter(({ path: [first] }) => first === 'other')),
    },
  }
}

/** Whether logins and failures are told apart in what is planned. */
export const dependsOnOutcomes = ({ total, groups, people }: MeasurePlan, attempts: AttemptKind): boolean =>
  [total, groups].some(
    (part) => part !== null && (part.failures || (part.seen !== 'nowhere' && attempts !== 'all')),
  ) ||
  (people.isAny && attempts !== 'all')

const GROUP_FIELDS: readonly string[] = ['groups', 'groupCount', 'matchingGroupCount', 'other']

/**
 * Groups add up to the total, unless only the total is by bucket: then two readings are the smaller ones. Moments
 * of the total are not those of groups by the clock.
 */
function sharedReading(
  total: PartPlan | null,
  groups: PartPlan | null,
  { groupBy }: Asked,
): Pick<MeasurePlan, 'total' | 'groups'> {
  if (total === null || groups === null || (total.isByBucket && !groups.isByBucket)) return { total, groups }
  if (total.seen !== 'nowhere' && groupBy.some(isOfClock)) return { total, groups }
  const both = [total, groups]
  return {
    total: null,
    groups: {
      isByBucket: groups.isByBucket,
      failures: both.some(({ failures }) => failures),
      versions: both.some(({ versions }) => versions),
      seen: seenOf(both.map(({ seen }) => seen)),
    },
  }
}

function partOf(fields: readonly SelectedField[], ordered: readonly Measure[], asked: Asked): PartPlan {
  const used = fields.flatMap((field) => usesOf(field))
  const sources = [
    ...used,
    ...ordered.map((measure) => ({ source: measures[measure].source, isOfPoint: false })),
  ]
  return {
    isByBucket: asked.hasBuckets && fields.some(({ path }) => path.some((name) => BY_BUCKET.includes(name))),
    failures: sources.some(({ source }) => source === 'failures' || source === 'versions'),
    versions: sources.some(({ source }) => source === 'versions'),
    seen: seenOf(
      sources.map(({ source, isOfPoint }) => {
        if (source !== 'seen') return 'nowhere'
        return isOfPoint ? 'buckets' : 'ranges'
      }),
    ),
  }
}

const seenOf = (all: readonly PartPlan['seen'][]): PartPlan['seen'] =>
  all.includes('buckets') ? 'buckets' : all.includes('ranges') ? 'ranges' : 'nowhere'

/** Fields with a measure of their own. */
const sourceByField: Readonly<Record<string, MeasureSource>> = {
  attempts: 'attempts',
  logins: 'failures',
  failures: 'failures',
  failureRate: 'failures',
  outdatedLogins: 'versions',
  firstSeenAt: 'seen',
  lastSeenAt: 'seen',
}

/** Whether a field is read from counts, and not of people or of the span itself. */
const isOfCounts = (field: SelectedField): boolean => usesOf(field).some(({ source }) => source !== 'people')

function usesOf({ path, args }: SelectedField): { source: MeasureSource; isOfPoint: boolean }[] {
  const measure = measureOf(args)
  const source = measure === null ? sourceByField[path.at(-1) ?? ''] : measures[measure].source
  if (source === undefined) return []
  return [{ source, isOfPoint: path.includes('points') || path.includes('peak') }]
}

/** Whether a field needs the newest release. */
const isOfNewest = ({ path, args }: SelectedField): boolean =>
  path.at(-1) === 'newestRelease' || (path.at(-1) === 'outdatedLogins' && args['olderThan'] == null)

const measureOf = ({ measure }: SelectedField['args']): Measure | null => (measure ?? null) as Measure | null

const listsOf = (fields: readonly SelectedField[]): ListCounts => {
  const ends = (...names: string[]) =>
    fields.filter(({ path }) => names.every((name, i) => path.at(i - names.length) === name)).length
  return { points: ends('points'), comparedPoints: ends('points', 'compared'), series: ends('series') }
}

function checkField(field: SelectedField, { groupBy, past }: Asked): void {
  const { path, args } = field
  const [name, measure] = [path.at(-1) ?? '', measureOf(args)]
  if (measure !== null && name === 'share' && !measures[measure].hasShares)
    throw new UnsupportedCombinationError(
      'share is of ATTEMPTS, LOGINS, FAILURES, USERS, DEVICES or ADDRESSES',
      'measure',
    )
  if (measure === 'last_seen_at')
    throw new UnsupportedCombinationError(
      `${name} is of a number: ask for lastSeenAt of points instead`,
      'measure',
    )
  const ungrouped = ((args['within'] ?? []) as GroupDimension[]).find((one) => !groupBy.includes(one))
  if (ungrouped !== undefined)
    throw new UnsupportedCombinationError(
      `within names ${ungrouped.toUpperCase()}, which groupBy does not: add it there`,
      'within',
    )
  if (name === 'outdatedLogins' && args['olderThan'] != null) versionOf(args['olderThan'] as string)
  if (isOfNewest(field))
    refusePast(
      past,
      (sent) =>
        `the newest release is known as of now only: give outdatedLogins a version (olderThan), or leave out ${sent}`,
    )
  if (sourceByField[name] === 'seen') refuseClockAndPast(name, { groupBy: dividedBy(field, groupBy), past })
}

function checkOrder({ order, having, ...asked }: Asked): void {
  if (having?.measure === 'last_seen_at')
    throw new UnsupportedCombinationError('having is of a number: LAST_SEEN_AT is a moment', 'having.measure')
  if (order !== null && measures[order.measure].source === 'seen')
    refuseClockAndPast('orderBy LAST_SEEN_AT', asked)
}
