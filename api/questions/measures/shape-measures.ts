import type { AnswerGroups, ListedGroup, Member, WholeOf } from '../../../domain/measures/answer-groups.ts'
import { type GroupDimension, isOfMembers } from '../../../domain/measures/group-dimension.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import type { Tallies, TallyGroup } from '../../../domain/measures/groups.ts'
import { type Measure, measures, nothing, shareOf, type Tally } from '../../../domain/measures/measure.ts'
import type { AnswerSpans } from '../../../domain/measures/spans.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { Version } from '../../../domain/fields/versions.ts'
import type { Marks } from '../bucket-completeness.ts'
import type { NewestRelease } from './newest-release.ts'

/** What was measured in a span. */
export type Measured = Marks & {
  readonly span: TimeBucket
  readonly tally: Readonly<Tally>
  minutes(): number
  newestRelease(): Version | null
}

export type Compared = Measured & { isSameLength(): boolean }

export type Point = Measured & {
  compared(): Compared[]
  /** Part of all groups, or of those with the same values of some dimensions; null if they have nothing. */
  share(measure: Measure, within: readonly GroupDimension[]): number | null
}

/** Everything together, one group, or all groups beyond the first ones, over the range and in its buckets. */
export type Charted = Point & {
  readonly values: readonly string[]
  readonly member: Member | null
  /** The users, devices and addresses among its values. */
  people(): { kind: SightingKind; value: string }[]
  points(): Point[]
  series(measure: Measure): (number | null)[]
  peak(measure: Measure): Point | null
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
  const charted = (tallies: Tallies, group: ListedGroup | null) =>
    new Chart({ ...shaping, tallies, group, wholeOf })
  return {
    total: (): Charted => charted(total, null),
    group: (group: ListedGroup): Charted => charted(group.tallies, group),
    other: (): Charted & { groupCount: number } =>
      Object.assign(charted(rest.tallies, null), { groupCount: rest.groups }),
  }
}

/** A part of an answer: one group, or several groups together. */
type Part = Shaping & { tallies: Tallies; group: ListedGroup | null; wholeOf: WholeOf }

/**
 * A span of a part of an answer. An answer has up to ten thousands of them, of each of which little is selected: nothing is
 * made before it is asked for.
 */
class SpanOfPart implements Point, Compared {
  protected readonly part: Part
  readonly #range: number
  readonly #place: number | null

  /** @param place index of the bucket; null: the range as a whole */
  constructor(part: Part, range: number, place: number | null) {
    this.part = part
    this.#range = range
    this.#place = place
  }

  get span(): TimeBucket {
    return this.part.spans.at(this.#range, this.#place)
  }

  get tally(): Readonly<Tally> {
    return this.part.tallies.get(this.part.spans.numberOf(this.#range, this.#place)) ?? nothing
  }

  get isComplete(): boolean {
    return this.part.marksOf(this.#range, this.#place).isComplete
  }

  get isCut(): boolean {
    return this.part.marksOf(this.#range, this.#place).isCut
  }

  minutes(): number {
    return this.part.minutesOf(this.#range, this.#place, this.part.group)
  }

  newestRelease(): Version | null {
    return this.part.newestRelease(this.span, this.part.group?.values ?? [])
  }

  isSameLength(): boolean {
    return this.part.isSameLength(this.#range, this.#place, this.part.group)
  }

  compared(): Compared[] {
    return this.part.spans.ranges.slice(1).map((_, i) => new SpanOfPart(this.part, i + 1, this.#place))
  }

  share(measure: Measure, within: readonly GroupDimension[]): number | null {
    const { group, spans, wholeOf } = this.part
    const whole = wholeOf(group, within).get(spans.numberOf(this.#range, this.#place))
    return shareOf(measure, this.tally, whole ?? nothing)
  }
}

class Chart extends SpanOfPart implements Charted {
  constructor(part: Part) {
    super(part, 0, null)
  }

  get values(): readonly string[] {
    return this.part.group?.values ?? []
  }

  get member(): Member | null {
    return this.part.group?.member ?? null
  }

  people(): { kind: SightingKind; value: string }[] {
    return this.part.groupBy.flatMap((kind, i) => {
      const value = this.values[i]
      return isOfMembers(kind) && value !== undefined ? [{ kind, value }] : []
    })
  }

  points(): Point[] {
    return Array.from({ length: this.part.buckets }, (_, place) => new SpanOfPart(this.part, 0, place))
  }

  series(measure: Measure): (number | null)[] {
    const { buckets, spans, tallies } = this.part
    const { of } = measures[measure]
    return Array.from({ length: buckets }, (_, place) => of(tallies.get(spans.numberOf(0, place)) ?? nothing))
  }

  peak(measure: Measure): Point | null {
    const place = peakOf(this.series(measure))
    return place === null ? null : new SpanOfPart(this.part, 0, place)
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
