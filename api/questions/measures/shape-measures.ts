import type {
  AnswerGroups,
  ListedGroup,
  Member,
  Tallies,
  WholeOf,
} from '../../../domain/measures/answer-groups.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import type { TallyGroup } from '../../../domain/measures/groups.ts'
import { type Measure, measures, nothing, shareOf, type Tally } from '../../../domain/measures/measure.ts'
import type { AnswerSpans } from '../../../domain/measures/spans.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { Version } from '../../../domain/fields/versions.ts'
import type { Marks } from '../bucket-completeness.ts'
import type { NewestRelease } from './newest-release.ts'

/** What was measured in a span. */
export type Measured = Marks & {
  span: TimeBucket
  tally: Readonly<Tally>
  minutes: () => number
  newestRelease: () => Version | null
}

export type Compared = Measured & { isSameLength: () => boolean }

/** Part of all groups, or of those with the same values of some dimensions; null if they have nothing. */
type ShareOf = (measure: Measure, within: readonly GroupDimension[]) => number | null

export type Point = Measured & { compared: () => Compared[]; share: ShareOf }

/** Everything together, one group, or all groups beyond the first ones, over the range and in its buckets. */
export type Charted = Point & {
  values: readonly string[]
  member: Member | null
  points: () => Point[]
  series: (measure: Measure) => (number | null)[]
  peak: (measure: Measure) => Point | null
}

/** What shapes depend on beside the tallies. */
export type Shaping = {
  spans: AnswerSpans
  buckets: number
  groupBy: readonly GroupDimension[]
  /** The marks of a span; see AnswerSpans. */
  marksOf: (range: number, place: number | null) => Marks
  /** How many minutes of a span are over, of those in which the clock shows the values of a group. */
  minutesOf: (range: number, place: number | null, group: Pick<TallyGroup, 'values'> | null) => number
  /** Whether a span of a compared range is as long as that at the same place of the range asked for, and as much of it is over. */
  isSameLength: (range: number, place: number | null, group: Pick<TallyGroup, 'values'> | null) => boolean
  newestRelease: NewestRelease
}

/** Returns functions that shape the parts of an answer. */
export function createShapes(shaping: Shaping, { total, rest, wholeOf }: AnswerGroups) {
  const charted = (tallies: Tallies, group: ListedGroup | null): Charted =>
    chart(shaping, tallies, group, wholeOf)
  return {
    total: () => charted(total, null),
    group: (group: ListedGroup) => charted(group.tallies, group),
    other: () => ({ ...charted(rest.tallies, null), groupCount: rest.groups }),
  }
}

function chart(
  { spans, buckets, marksOf, minutesOf, isSameLength, newestRelease }: Shaping,
  tallies: Tallies,
  group: ListedGroup | null,
  wholeOf: WholeOf,
): Charted {
  const tallyAt = (range: number, place: number | null) =>
    tallies.get(spans.numberOf(range, place)) ?? nothing
  const measured = (range: number, place: number | null): Measured => ({
    ...marksOf(range, place),
    span: spans.at(range, place),
    tally: tallyAt(range, place),
    minutes: () => minutesOf(range, place, group),
    newestRelease: () => newestRelease(spans.at(range, place), group?.values ?? []),
  })
  const point = (place: number | null): Point => ({
    ...measured(0, place),
    compared: () =>
      spans.ranges.slice(1).map((_, i) => ({
        ...measured(i + 1, place),
        isSameLength: () => isSameLength(i + 1, place, group),
      })),
    share: (measure, within) => {
      const whole = wholeOf(group, within).get(spans.numberOf(0, place))
      return shareOf(measure, tallyAt(0, place), whole ?? nothing)
    },
  })
  const places = Array.from({ length: buckets }, (_, place) => place)
  const series = (measure: Measure) => places.map((place) => measures[measure].of(tallyAt(0, place)))
  return {
    ...point(null),
    values: group?.values ?? [],
    member: group?.member ?? null,
    points: () => places.map(point),
    series,
    peak: (measure) => {
      const place = peakOf(series(measure))
      return place === null ? null : point(place)
    },
  }
}

/** Index of the first of the highest values; null if none is above 0. */
function peakOf(values: readonly (number | null)[]): number | null {
  let [peak, most] = [null as number | null, 0]
  values.forEach((value, place) => {
    if ((value ?? 0) > most) [peak, most] = [place, value ?? 0]
  })
  return peak
}
