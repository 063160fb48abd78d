import type { TimeBucket } from '../time/bucket.ts'
import { type CountName, countsFor, type PeopleMeasure, type PlaceInTime } from './people.ts'
import type { AnswerSpans } from './spans.ts'

/** A measure of people, of whole ranges or also of buckets. */
export type PlannedPeople = { measure: PeopleMeasure; isByBucket: boolean }

/** Different ones to be counted in a span. */
export type Count = { counted: CountName; span: TimeBucket }

/** A span of the answer by its number, and what has to be counted for its measures. */
export type PeoplePlace = { number: number; place: PlaceInTime; counts: Count[] }

/**
 * What has to be counted for the spans of an answer; what lies in no time is left out.
 * @param placeOf where a span lies in time
 * @param most how many counts there may be, each as often as a span needs it
 * @returns null: there are more
 */
export function peoplePlaces(
  spans: Pick<AnswerSpans, 'list'>,
  planned: readonly PlannedPeople[],
  placeOf: (span: TimeBucket) => PlaceInTime,
  most: number,
): PeoplePlace[] | null {
  const places = new Map<number, { place: PlaceInTime; counts: Map<string, Count> }>()
  let needed = 0
  for (const { measure, isByBucket } of planned)
    for (const { number, span } of spans.list(isByBucket)) {
      const held = places.get(number) ?? { place: placeOf(span), counts: new Map<string, Count>() }
      places.set(number, held)
      const counts = countsFor(measure, held.place)
      needed += counts.length
      if (needed > most) return null
      for (const count of counts)
        if (count.span.fromMs < count.span.toMs) held.counts.set(keyOfCount(count), count)
    }
  return Array.from(places, ([number, { place, counts }]) => ({
    number,
    place,
    counts: [...counts.values()],
  }))
}

export const keyOfCount = ({ counted, span: { fromMs, toMs } }: Count): string =>
  `${counted} ${fromMs} ${toMs}`
