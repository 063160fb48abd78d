import type { TimeBucket } from '../domain/cover-buckets.ts'
import { peakOf, type Series, shareOf, totalsOf } from '../domain/series.ts'
import { caps } from './caps.ts'
import { TooManyRowsError } from './errors.ts'
import type { Point, SeriesShape } from './schema/login-series.ts'

const MINUTE_MS = 60_000
const NOTHING: Series = { values: {}, logins: new Map(), total: 0n }

type Drawn = {
  buckets: readonly TimeBucket[]
  nowMs: number
  /** Whether buckets without logins are points. */
  isFilled: boolean
  /** Nothing is grouped by: there is one series, with logins or not. */
  isSingle: boolean
}

/**
 * Series as points, beside those of the period before. A series that only the period before has is there too.
 * @param previous null: was not asked for
 * @throws {TooManyRowsError} zeros included
 */
export function shapeSeries(
  current: ReadonlyMap<string, Series>,
  previous: ReadonlyMap<string, Series> | null,
  drawn: Drawn,
): SeriesShape[] {
  const found = [...new Set([...current.keys(), ...(previous?.keys() ?? [])])].sort()
  const keys = drawn.isSingle ? [''] : found
  if (drawn.isFilled && keys.length * drawn.buckets.length > caps.rows) {
    throw new TooManyRowsError(
      `${keys.length} series of ${drawn.buckets.length} buckets are more than the cap of ${caps.rows} points: ask for fewer ` +
        'dimensions, a coarser bucket, a shorter range, a filter, or fillGaps: false',
      caps.rows,
    )
  }
  const totals = totalsOf(current.values())
  return keys.map((key) => {
    const series = current.get(key) ?? { ...NOTHING, values: previous?.get(key)?.values ?? {} }
    return shapeOf(series, previous === null ? null : (previous.get(key) ?? NOTHING), totals, drawn)
  })
}

function shapeOf(
  series: Series,
  previous: Series | null,
  totals: ReadonlyMap<number, bigint>,
  { buckets, nowMs, isFilled }: Drawn,
): SeriesShape {
  const point = (place: number): Point => {
    const { fromMs, toMs } = buckets[place] ?? { fromMs: 0, toMs: 0 }
    const logins = series.logins.get(place) ?? 0n
    return {
      fromMs,
      toMs,
      logins,
      previousLogins: previous === null ? null : (previous.logins.get(place) ?? 0n),
      share: shareOf(logins, totals.get(place) ?? 0n),
      isComplete: toMs <= nowMs,
      minutes: Math.max(0, Math.min(toMs, nowMs) - fromMs) / MINUTE_MS,
    }
  }
  const isShown = (place: number) =>
    isFilled || series.logins.has(place) || previous?.logins.has(place) === true
  const peak = peakOf(series)
  return {
    values: series.values,
    total: series.total,
    previousTotal: previous?.total ?? null,
    peak: peak === null ? null : point(peak),
    points: [...buckets.keys()].filter(isShown).map(point),
  }
}
