import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import type { Measure } from '../../../domain/measures/measure.ts'
import { isCounted, type PeopleMeasure } from '../../../domain/measures/people.ts'
import type { PlannedPeople } from '../../../domain/measures/people-places.ts'
import type { GroupCondition, GroupOrder } from '../../../domain/measures/rank.ts'
import { InvalidArgumentError } from '../../context/errors.ts'
import type { SelectedField } from '../selected-fields.ts'
import { type PastArgument, refuseClockAndPast, refusePastOf } from './refuse-clock-and-past.ts'
import { BY_BUCKET, dividedBy } from './measured-fields.ts'

/** Which people have to be counted of each part of an answer. */
export type PeoplePlan = {
  total: PlannedPeople[]
  groups: PlannedPeople[]
  other: PlannedPeople[]
  /** Of the groups with the same values of some dimensions. */
  wholes: { within: readonly GroupDimension[]; people: PlannedPeople[] }[]
  /** Of all groups, to order them, and to know which may be listed. */
  order: PlannedPeople[]
  isAny: boolean
}

/** The measures of a plan. */
export const peopleMeasures = ({
  total,
  groups,
  other,
  wholes,
  order,
}: PeoplePlan): PeopleMeasure['name'][] =>
  [...total, ...groups, ...other, ...order, ...wholes.flatMap(({ people }) => people)].map(
    ({ measure }) => measure.name,
  )

type Asked = {
  groupBy: readonly GroupDimension[]
  order: GroupOrder | null
  having: GroupCondition | null
  past: readonly PastArgument[]
}

/**
 * Decides which measures of people have to be read.
 * @throws {UnsupportedCombinationError} if they are not known by the groups, or as of the moment
 */
export function planPeople(selected: readonly SelectedField[], asked: Asked): PeoplePlan {
  const ordered = Object.entries({ orderBy: asked.order, having: asked.having }).flatMap(([name, by]) => {
    const measure = by === null ? undefined : peopleMeasureOf(by.measure)
    if (measure === undefined) return []
    refuse(measure, `${name} ${measure.name.toUpperCase()}`, asked)
    return [{ measure, isByBucket: false }]
  })
  const uses = selected.flatMap((field) => {
    const measure = peopleOfField(field)
    if (measure === undefined) return []
    refuse(measure, field.path.at(-1) ?? '', { ...asked, groupBy: dividedBy(field, asked.groupBy) })
    return [{ ...usedBy(field, asked.groupBy), measure, isByBucket: isOfBucket(field) }]
  })
  const of = (part: 'total' | 'groups' | 'other') => merged(uses.filter(({ parts }) => parts.includes(part)))
  const wholes = Map.groupBy(
    uses.filter(({ within }) => within.length > 0),
    ({ within }) => within.join(),
  )
  return {
    ...{ total: of('total'), groups: of('groups'), other: of('other') },
    wholes: Array.from(wholes.values(), (some) => ({ within: some[0]?.within ?? [], people: merged(some) })),
    order: merged(ordered),
    isAny: uses.length > 0 || ordered.length > 0,
  }
}

/** What is more than a count in its span alone looks at other spans, too: they have no weekdays and hours of their own. */
function refuse(
  measure: PeopleMeasure,
  name: string,
  { groupBy, past }: Pick<Asked, 'groupBy' | 'past'>,
): void {
  if (isCounted(measure.name)) refusePastOf(name, past)
  else refuseClockAndPast(name, { groupBy, past })
}

type Part = 'total' | 'groups' | 'other'

/** The parts of the answer that a field is computed from; a share takes what it is a share of, too. */
function usedBy(
  { path: [part = '', ...path], args }: SelectedField,
  groupBy: readonly GroupDimension[],
): { parts: Part[]; within: readonly GroupDimension[] } {
  if (part === 'total' || part === 'points') return { parts: ['total'], within: [] }
  const own: Part = part === 'other' ? 'other' : 'groups'
  if (path.at(-1) !== 'share') return { parts: [own], within: [] }
  const asked = (args['within'] ?? []) as GroupDimension[]
  const within = groupBy.filter((name) => asked.includes(name))
  return within.length === 0 ? { parts: [own, 'total'], within } : { parts: [own], within }
}

/** Each measure once. */
function merged(planned: readonly PlannedPeople[]): PlannedPeople[] {
  const byMeasure = Map.groupBy(planned, ({ measure }) => JSON.stringify(measure))
  return [...byMeasure.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ measure: first.measure, isByBucket: [first, ...others].some(({ isByBucket }) => isByBucket) }],
  )
}

const isOfBucket = ({ path }: SelectedField): boolean => path.some((name) => BY_BUCKET.includes(name))

/** Fields with a measure of people of their own. */
const fieldNames: Readonly<Record<string, PeopleMeasure>> = {
  users: { name: 'users' },
  devices: { name: 'devices' },
  addresses: { name: 'addresses' },
  newUsers: { name: 'new_users' },
  returningUsers: { name: 'returning_users' },
  resurrectedUsers: { name: 'resurrected_users' },
  dormantUsers: { name: 'dormant_users' },
  // Says what the others were counted by, or would have been.
  setBasis: { name: 'users' },
}

/** Fields with an argument that is a number of days. */
const dayFields = {
  comebackUsers: { name: 'comeback_users', argument: 'afterDays', least: 1 },
  trailingUsers: { name: 'trailing_users', argument: 'days', least: 1 },
  stickiness: { name: 'stickiness', argument: 'days', least: 2 },
} as const
const isDayField = (name: string): name is keyof typeof dayFields => Object.hasOwn(dayFields, name)

/** @throws {InvalidArgumentError} if a number of days is none that is counted */
function peopleOfField({ path, args }: SelectedField): PeopleMeasure | undefined {
  const measure = (args['measure'] ?? null) as Measure | null
  if (measure !== null) return peopleMeasureOf(measure)
  const field = path.at(-1) ?? ''
  if (!isDayField(field)) return fieldNames[field]
  const { name, argument, least } = dayFields[field]
  const days = args[argument] as number
  if (days >= least && days <= MOST_DAYS) return { name, days }
  throw new InvalidArgumentError(`${field}: ${argument} is ${days}: give ${least} to ${MOST_DAYS}`, argument)
}

/** Days of which a measure of one span is made at most: a year. */
const MOST_DAYS = 366

const peopleMeasureOf = (measure: Measure): PeopleMeasure | undefined =>
  Object.values(fieldNames).find(({ name }) => name === measure)
