import { bucketMs, type TimeBucket } from '../../domain/time/bucket.ts'
import {
  loginsAt,
  loginsByPlace,
  peakOf,
  type Series,
  shareOf,
  totalsOf,
  type GroupName,
} from '../../domain/counts/series.ts'
import { limits } from '../context/limits.ts'
import { TooManyRowsError } from '../context/errors.ts'
import type { RequestClock } from '../context/request-clock.ts'
import type { Marks } from './bucket-completeness.ts'

const UNMARKED: Marks = { isComplete: false, isCut: false }
const NOTHING: Series = { values: {}, places: [], logins: [], total: 0n }

type Chart = {
  buckets: readonly TimeBucket[]
  /** The marks of the buckets, in their order. */
  marks: readonly Marks[]
  clock: RequestClock
  /**
   * For each bucket, the matching one of the previous period (domain/time/period-before.ts); null: it was not
   * asked for.
   */
  beside: readonly (number | null)[] | null
  /** Whether buckets without logins are points. */
  isFilled: boolean
  /** Whether nothing is grouped by: there is a single series, even without logins. */
  isSingle: boolean
  /** What the query selects of the series. */
  selected: { points: boolean; counts: boolean }
}

/**
 * Moves the series of the previous period to the places of the buckets that they match. Their totals stay
 * those of the whole period.
 */
export function alignPrevious(
  series: ReadonlyMap<string, Series>,
  beside: readonly (number | null)[],
): Map<string, Series> {
  const placeOf = new Map(beside.map((before, place) => [before, place]))
  return new Map(Array.from(series, ([key, one]) => [key, movedTo(one, placeOf)]))
}

function movedTo(series: Series, placeOf: ReadonlyMap<number | null, number>): Series {
  const moved = series.places
    .flatMap((before, i) => {
      const place = placeOf.get(before)
      return place === undefined ? [] : [{ place, logins: series.logins[i] ?? 0n }]
    })
    .sort((a, b) => a.place - b.place)
  return { ...series, places: moved.map(({ place }) => place), logins: moved.map(({ logins }) => logins) }
}

/**
 * The series of an answer, in order of their values. A series that only the previous period has is among
 * them.
 * @param previous the series of the previous period, aligned; null: it was not asked for
 * @throws {TooManyRowsError} if there are more points or counts than the cap, zeros included
 */
export function shapeSeries(
  current: ReadonlyMap<string, Series>,
  previous: ReadonlyMap<string, Series> | null,
  chart: Chart,
): SeriesShape[] {
  const found = [...new Set([...current.keys(), ...(previous?.keys() ?? [])])].sort()
  const keys = chart.isSingle ? [''] : found
  if (chart.selected.counts) checkCounts(keys.length, chart.buckets.length)
  let totals: ReadonlyMap<number, bigint> | null = null
  const totalOf = (place: number) => (totals ??= totalsOf(current.values())).get(place) ?? 0n
  const shapes = keys.map((key) => {
    const series = current.get(key) ?? { ...NOTHING, values: previous?.get(key)?.values ?? {} }
    return shapeOf(series, previous === null ? null : (previous.get(key) ?? NOTHING), totalOf, chart)
  })
  if (chart.selected.points) checkPoints(shapes.reduce((sum, { places }) => sum + places.length, 0))
  return shapes
}

function checkCounts(series: number, buckets: number): void {
  if (series * buckets <= limits.rows) return
  throw new TooManyRowsError(
    `${series} series of ${buckets} buckets are more than the cap of ${limits.rows} counts: ask for fewer dimensions, a coarser ` +
      'bucket, a shorter range or a filter',
    limits.rows,
  )
}

function checkPoints(points: number): void {
  if (points <= limits.points) return
  throw new TooManyRowsError(
    `${points} points are more than the cap of ${limits.points}: ask for counts instead, of which there may be ${limits.rows}, or ` +
      'for fewer dimensions, a coarser bucket, a shorter range, a filter, or fillGaps: false',
    limits.points,
  )
}

function shapeOf(
  series: Series,
  previous: Series | null,
  totalOf: (place: number) => bigint,
  { buckets, marks, clock, beside, isFilled }: Chart,
): SeriesShape {
  const previousAt = (place: number, before: Series) =>
    beside?.[place] == null ? null : loginsAt(before, place)
  const point = (place: number): Point => {
    const { fromMs, toMs } = buckets[place] ?? { fromMs: 0, toMs: 0 }
    const logins = loginsAt(series, place)
    return {
      fromMs,
      toMs,
      logins,
      previousLogins: previous && previousAt(place, previous),
      share: shareOf(logins, totalOf(place)),
      ...(marks[place] ?? UNMARKED),
      minutes: () => minutesOver(clock, { fromMs, toMs }),
    }
  }
  return {
    values: series.values,
    total: series.total,
    previousTotal: previous?.total ?? null,
    peak: () => {
      const peak = peakOf(series)
      return peak === null ? null : point(peak)
    },
    counts: () => loginsByPlace(series, buckets.length),
    previousCounts: () => previous && buckets.map((_, place) => previousAt(place, previous)),
    places: isFilled ? buckets.map((_, place) => place) : placesOf(series, previous),
    point,
  }
}

/**
 * The clock is asked for the exact time only while the bucket runs, because that keeps the answer from being
 * cached.
 */
function minutesOver(clock: RequestClock, { fromMs, toMs }: TimeBucket): number {
  if (!clock.hasCome(fromMs)) return 0
  const untilMs = clock.hasCome(toMs) ? toMs : clock.nowMs()
  return (untilMs - fromMs) / bucketMs.minute
}

const placesOf = (series: Series, previous: Series | null): readonly number[] =>
  previous === null
    ? series.places
    : [...new Set([...series.places, ...previous.places])].sort((a, b) => a - b)

/** The logins of a series in one bucket. */
export type Point = Marks & {
  fromMs: number
  toMs: number
  logins: bigint
  /** Null: the previous period was not asked for, or has no bucket that matches. */
  previousLogins: bigint | null
  share: number
  /** How many minutes of the bucket are over. */
  minutes: () => number
}

export type SeriesShape = {
  values: Partial<Record<GroupName, string>>
  total: bigint
  previousTotal: bigint | null
  peak: () => Point | null
  /** The logins of every bucket. */
  counts: () => bigint[]
  previousCounts: () => (bigint | null)[] | null
  /** The numbers of the buckets that are points. */
  places: readonly number[]
  point: (place: number) => Point
}
