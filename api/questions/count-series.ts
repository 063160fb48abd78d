import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import type { CountSource } from '../../db/read/counts/count-moment.ts'
import { readMinutesKeptFrom } from '../../db/read/counts/kept-minutes.ts'
import { readLoginCounts } from '../../db/read/counts/login-counts.ts'
import { QUARTER_MS, type TimeBucket } from '../../domain/time/bucket.ts'
import { unitsCut } from '../../domain/counts/cover-buckets.ts'
import { dimensionOf, type GroupName, type Series, seriesOf } from '../../domain/counts/series.ts'
import { limits, tooManyRows } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { InvalidRangeError } from '../context/errors.ts'

export type SeriesQuestion = {
  source: CountSource
  groupBy: readonly GroupName[]
  filter: CountFilter
}

/**
 * Counts the logins of each bucket, in a series for each combination of values.
 * @throws {TooManyRowsError} if there are more counts than the cap
 * @throws {InvalidRangeError} if the buckets need counts of minutes that are no longer kept
 */
export async function countSeries(
  context: ApiContext,
  buckets: readonly TimeBucket[],
  { source, groupBy, filter }: SeriesQuestion,
): Promise<Map<string, Series>> {
  // Counts of what was written come from the deltas, which keep their minutes for ever.
  if (source.kind !== 'only') await checkMinutesKept(context, buckets)
  const question = { source, filter, dimensions: [...new Set(groupBy.map(dimensionOf))] }
  const counts = await context.read((session) => readLoginCounts(session, buckets, question, limits.rows))
  if (counts === null) throw tooManyRows()
  return seriesOf(counts, groupBy)
}

/** @throws {InvalidRangeError} if the buckets need counts of minutes that are no longer kept */
export async function checkMinutesKept(context: ApiContext, buckets: readonly TimeBucket[]): Promise<void> {
  const cut = unitsCut(buckets, QUARTER_MS)
  if (cut.length === 0) return
  const keptFrom = await context.read(readMinutesKeptFrom)
  if (keptFrom === null || cut.every((start) => start >= keptFrom.getTime())) return
  throw new InvalidRangeError(
    `counts of single minutes are kept since ${keptFrom.toISOString()} (MINUTE_RETENTION_DAYS): for earlier times ask for ` +
      'buckets that begin and end on a quarter of an hour (:00, :15, :30 or :45 of UTC), as the days of all time zones ' +
      'do since October 1979, and almost all their hours',
  )
}
