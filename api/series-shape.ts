import type { TimeBucket } from '../domain/cover-buckets.ts'
import { loginsAt, loginsByPlace, peakOf, type Series, shareOf, totalsOf } from '../domain/series.ts'
import { caps } from './caps.ts'
import { TooManyRowsError } from './errors.ts'
import type { Point, SeriesShape } from './schema/login-series.ts'

const MINUTE_MS = 60_000
const NOTHING: Series = { values: {}, places: [], logins: [], total: 0n }

type Drawn = {
  buckets: readonly TimeBucket[]
  nowMs: number
  /** Whether buckets without logins are points. */
  isFilled: boolean
  /** Nothing is grouped by: there is one series, with logins or not. */
  isSingle: boolean
  /** What is asked for. */
  has: { points: boolean; counts: boolean }
}

/**
 * Series beside those of the period before. A series that only the period before has is there too.
 * @param previous null: was not asked for
 * @throws {TooManyRowsError} more points or counts than an answer may have, zeros included
 */
export function shapeSeries(
  current: ReadonlyMap<string, Series>,
  previous: ReadonlyMap<string, Series> | null,
  drawn: Drawn,
): SeriesShape[] {
  const found = [...new Set([...current.keys(), ...(previous?.keys() ?? [])])].sort()
  const keys = drawn.isSingle ? [''] : found
  if (drawn.has.counts) checkCounts(keys.length, drawn.buckets.length)
  let totals: ReadonlyMap<number, bigint> | null = null
  const totalOf = (place: number) => (totals ??= totalsOf(current.values())).get(place) ?? 0n
  const shapes = keys.map((key) => {
    const series = current.get(key) ?? { ...NOTHING, values: previous?.get(key)?.values ?? {} }
    return shapeOf(series, previous === null ? null : (previous.get(key) ?? NOTHING), totalOf, drawn)
  })
  if (drawn.has.points) checkPoints(shapes.reduce((sum, { places }) => sum + places.length, 0))
  return shapes
}

function checkCounts(series: number, buckets: number): void {
  if (series * buckets <= caps.rows) return
  throw new TooManyRowsError(
    `${series} series of ${buckets} buckets are more than the cap of ${caps.rows} counts: ask for fewer dimensions, a coarser ` +
      'bucket, a shorter range or a filter',
    caps.rows,
  )
}

function checkPoints(points: number): void {
  if (points <= caps.points) return
  throw new TooManyRowsError(
    `${points} points are more than the cap of ${caps.points}: ask for counts instead, of which there may be ${caps.rows}, or ` +
      'for fewer dimensions, a coarser bucket, a shorter range, a filter, or fillGaps: false',
    caps.points,
  )
}

function shapeOf(
  series: Series,
  previous: Series | null,
  totalOf: (place: number) => bigint,
  { buckets, nowMs, isFilled }: Drawn,
): SeriesShape {
  const point = (place: number): Point => {
    const { fromMs, toMs } = buckets[place] ?? { fromMs: 0, toMs: 0 }
    const logins = loginsAt(series, place)
    return {
      fromMs,
      toMs,
      logins,
      previousLogins: previous === null ? null : loginsAt(previous, place),
      share: shareOf(logins, totalOf(place)),
      isComplete: toMs <= nowMs,
      minutes: Math.max(0, Math.min(toMs, nowMs) - fromMs) / MINUTE_MS,
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
    previousCounts: () => (previous === null ? null : loginsByPlace(previous, buckets.length)),
    places: isFilled ? buckets.map((_, place) => place) : placesOf(series, previous),
    point,
  }
}

const placesOf = (series: Series, previous: Series | null): readonly number[] =>
  previous === null
    ? series.places
    : [...new Set([...series.places, ...previous.places])].sort((a, b) => a - b)
