import type { SetBasis } from '../engagement/set-sources.ts'
import type { plurals, SightingKind } from '../sightings/sighting.ts'
import type { TimeBucket } from '../time/bucket.ts'

/** Those of whom there are different ones in a span. */
export type Counted = (typeof plurals)[SightingKind]

/** What each of them is a kind of. */
export const countedKinds = {
  users: 'user',
  devices: 'device',
  addresses: 'address',
} as const satisfies Record<Counted, SightingKind>

/** What is counted in a span; new users are those whose first attempt of the kind lies in it. */
export type CountName = Counted | 'new_users'

/** A measure of people: it does not add up over spans or groups, because they may share some. */
export type PeopleMeasure =
  | { name: CountName | 'returning_users' | 'resurrected_users' | 'dormant_users' }
  | { name: 'comeback_users' | 'trailing_users' | 'stickiness'; days: number }

/** Whether a measure is a count in its span alone. */
export const isCounted = (name: PeopleMeasure['name']): name is Counted => Object.hasOwn(countedKinds, name)

/** A span, and where it lies in time. */
export type PlaceInTime = {
  span: TimeBucket
  /** The span right before it, of the same length by the calendar. */
  before: TimeBucket
  hasBegun: boolean
  /** The moment so many days of the calendar before another one. */
  daysBefore: (ms: number, days: number) => number
}

/** How many different ones there are in a span of time. */
export type CountIn = (counted: CountName, span: TimeBucket) => number

type Formula<Measure extends PeopleMeasure> = (
  place: PlaceInTime,
  count: CountIn,
  measure: Measure,
) => number | null
type Named<Name extends PeopleMeasure['name']> = PeopleMeasure & { name: Name }

const countOf =
  (counted: CountName): Formula<PeopleMeasure> =>
  ({ span }, count) =>
    count(counted, span)

/** From the start of the first one to the end of the second one. */
const joined = ({ fromMs }: TimeBucket, { toMs }: TimeBucket): TimeBucket => ({ fromMs, toMs })

/** Who is in both of two spans that follow each other: |A ∩ B| = |A| + |B| − |A ∪ B|. */
const inBoth = (first: TimeBucket, second: TimeBucket, count: CountIn): number =>
  count('users', first) + count('users', second) - count('users', joined(first, second))

const returning: Formula<PeopleMeasure> = ({ span, before }, count) => inBoth(before, span, count)

/** The days that end with the span. */
const trailing = ({ span, daysBefore }: PlaceInTime, days: number): TimeBucket => ({
  fromMs: daysBefore(span.toMs, days),
  toMs: span.toMs,
})

const formulas: { [Name in PeopleMeasure['name']]: Formula<Named<Name>> } = {
  users: countOf('users'),
  devices: countOf('devices'),
  addresses: countOf('addresses'),
  new_users: countOf('new_users'),
  returning_users: returning,
  resurrected_users: (place, count, measure) =>
    count('users', place.span) - count('new_users', place.span) - (returning(place, count, measure) ?? 0),
  dormant_users: (place, count) => {
    const left = count('users', place.before) - inBoth(place.before, place.span, count)
    return place.hasBegun ? left : null
  },
  comeback_users: ({ span, daysBefore }, count, { days }) => {
    const away = { fromMs: daysBefore(span.fromMs, days), toMs: span.fromMs }
    return count('users', joined(away, span)) - count('users', away) - count('new_users', span)
  },
  trailing_users: (place, count, { days }) => count('users', trailing(place, days)),
  stickiness: (place, count, { days }) => {
    const { toMs } = place.span
    let daily = 0
    for (let day = 0; day < days; day++)
      daily += count('users', { fromMs: place.daysBefore(toMs, day + 1), toMs: place.daysBefore(toMs, day) })
    const all = count('users', trailing(place, days))
    return all === 0 || !place.hasBegun ? null : daily / days / all
  },
}

/** The value of a measure of people in a span; null: there is none. It asks for the same counts, whatever they are. */
export const peopleOf = (measure: PeopleMeasure, place: PlaceInTime, count: CountIn): number | null =>
  (formulas[measure.name] as Formula<PeopleMeasure>)(place, count, measure)

/** What is counted for a measure of a span. */
export function countsFor(
  measure: PeopleMeasure,
  place: PlaceInTime,
): { counted: CountName; span: TimeBucket }[] {
  const asked: { counted: CountName; span: TimeBucket }[] = []
  peopleOf(measure, place, (counted, within) => {
    asked.push({ counted, span: within })
    return 0
  })
  return asked
}

/** The people of a group in a span. */
export type People = { of: (measure: PeopleMeasure) => number | null; basis: SetBasis }

export const nobody: People = { of: () => 0, basis: 'time_zone' }
