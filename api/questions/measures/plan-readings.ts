import type { NumberedSource } from '../../../db/read/engagement/sets.ts'
import {
  type HeldSets,
  type SetBasis,
  type SetSource,
  sourcesOf,
} from '../../../domain/engagement/set-sources.ts'
import type { CountName, PlaceInTime } from '../../../domain/measures/people.ts'
import { type Count, keyOfCount, type PeoplePlace } from '../../../domain/measures/people-places.ts'
import type { Calendar } from '../../../domain/time/calendar.ts'

/** What is read to count people: sources, each once, and which of them answers what. */
export type PlannedReadings = {
  sources: ReadonlyMap<CountName, NumberedSource[]>
  /** By the number of a span of the answer. */
  places: ReadonlyMap<number, PlannedPlace>
}

type PlannedPlace = { place: PlaceInTime; basis: SetBasis; numberOf: (count: Count) => number | undefined }

/** The same text for the same source. */
function keyOfSource(source: SetSource): string {
  if (source.kind === 'days') return `days ${source.days.from} ${source.days.to}`
  return `${source.kind} ${source.span.fromMs} ${source.span.toMs}`
}

/**
 * Plans what is read for the places of an answer. What several of them need is read once.
 * @returns null: nothing that is kept can answer for one of them
 */
export function planReadings(
  places: readonly PeoplePlace[],
  held: ReadonlyMap<CountName, HeldSets>,
  calendar: Calendar,
): PlannedReadings | null {
  const byKey = new Map<string, { counted: CountName; source: NumberedSource }>()
  const numberOf = (counted: CountName, source: SetSource): number => {
    const key = `${counted} ${keyOfSource(source)}`
    const known = byKey.get(key)?.source.number ?? byKey.size
    byKey.set(key, { counted, source: { ...source, number: known } })
    return known
  }
  const planned: [number, PlannedPlace][] = []
  for (const { number, place, counts } of places) {
    const found = sourcesOf(
      counts.flatMap(({ counted, span }) => {
        const of = held.get(counted)
        return of === undefined ? [] : [{ span, held: of }]
      }),
      calendar,
    )
    if (found === null) return null
    const numbers = new Map(
      counts.map((count, i) => {
        const source = found.sources[i]
        return [keyOfCount(count), source && numberOf(count.counted, source)]
      }),
    )
    planned.push([number, { place, basis: found.basis, numberOf: (count) => numbers.get(keyOfCount(count)) }])
  }
  const sources = Map.groupBy(byKey.values(), ({ counted }) => counted)
  return {
    sources: new Map(Array.from(sources, ([counted, some]) => [counted, some.map(({ source }) => source)])),
    places: new Map(planned),
  }
}
