import { readMinutesKeptFrom } from '../../db/read/counts/kept-minutes.ts'
import { type CountQuestion, readLoginCounts } from '../../db/read/counts/login-counts.ts'
import type { Counts } from '../../domain/counts/counts.ts'
import { unitsCut } from '../../domain/counts/cover-buckets.ts'
import { QUARTER_MS, type TimeBucket } from '../../domain/time/bucket.ts'
import type { ApiContext } from '../context/context.ts'
import { DataGoneError } from '../context/errors.ts'
import { tooManyRows } from '../context/limits.ts'

/**
 * Reads counts by dimensions and bucket. Add them up: several may have the same values and buckets.
 * @param most how many counts may be read
 * @throws {AnswerTooLargeError} if there are more
 * @throws {DataGoneError} if the buckets need counts of minutes that are no longer kept
 */
export async function readCounts(
  context: ApiContext,
  buckets: readonly TimeBucket[],
  question: CountQuestion,
  most: number,
): Promise<Counts[]> {
  // Counts of what was written come from the deltas, which keep their minutes for ever.
  if (question.source.kind !== 'only') await checkMinutesKept(context, buckets)
  const counts = await context.read((session) => readLoginCounts(session, buckets, question, most))
  if (counts === null) throw tooManyRows()
  return counts
}

/** @throws {DataGoneError} if the buckets need counts of minutes that are no longer kept */
export async function checkMinutesKept(context: ApiContext, buckets: readonly TimeBucket[]): Promise<void> {
  const cut = unitsCut(buckets, QUARTER_MS)
  if (cut.length === 0) return
  const keptFrom = await context.read(readMinutesKeptFrom)
  if (keptFrom === null || cut.every((start) => start >= keptFrom.getTime())) return
  throw new DataGoneError(
    `counts of single minutes are kept since ${keptFrom.toISOString()} (MINUTE_RETENTION_DAYS): for earlier times ask for ` +
      'buckets that begin and end on a quarter of an hour (:00, :15, :30 or :45 of UTC), as the days of all time zones ' +
      'do since October 1979, and almost all their hours',
    { argument: 'from', keptFrom },
  )
}
