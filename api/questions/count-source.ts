import {
  type CountSource,
  countWritten,
  readWrittenAt,
  type Written,
} from '../../db/read/counts/count-moment.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { limits } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { InvalidRangeError, noSuchBatch, TooManyBatchesError } from '../context/errors.ts'

/**
 * The moment as of which counts are asked for, given as a time or as the batch written then; neither: now.
 */
type MomentArgs = { asOf?: Date | null | undefined; asOfBatch?: bigint | null | undefined }

/**
 * The source for counts as of a moment: the counts of now without what was written since, or only what was
 * written until then, whichever adds up few enough batches.
 * @param buckets the buckets that are asked for
 * @throws {InvalidRangeError} if two moments are given, or one in the future
 * @throws {NotFoundError} if there is no such batch
 * @throws {TooManyBatchesError} if both ways add up more batches than the cap
 */
export async function countSource(
  context: ApiContext,
  args: MomentArgs,
  buckets: readonly TimeBucket[],
): Promise<CountSource> {
  const moment = await momentOf(context, args)
  if (moment === null) return { kind: 'now' }
  const since: Written = { since: moment, until: null }
  if ((await written(context, since, buckets)) <= limits.batches) return { kind: 'without', written: since }
  const until: Written = { since: null, until: moment }
  if ((await written(context, until, buckets)) <= limits.batches) return { kind: 'only', written: until }
  throw new TooManyBatchesError(
    `more than the cap of ${limits.batches} batches were written before ${moment} as well as after it: ask for a later moment, or for buckets ` +
      'that begin and end on quarters of an hour, whose sums are kept',
    limits.batches,
  )
}

/**
 * The source for counts that were written after one moment and up to another, or up to now.
 * @param buckets the buckets that are asked for
 * @throws {InvalidRangeError | TooManyBatchesError}
 */
export async function countsWritten(
  context: ApiContext,
  since: Date,
  until: Date | null | undefined,
  buckets: readonly TimeBucket[],
): Promise<CountSource> {
  if (!context.clock.hasCome(since.getTime()))
    throw new InvalidRangeError('since must not be in the future: give an earlier moment')
  if (until && since >= until) throw new InvalidRangeError('since must be before until')
  const between = { since: since.toISOString(), until: until ? past(context, 'until', until) : null }
  if ((await written(context, between, buckets)) <= limits.batches) return { kind: 'only', written: between }
  throw new TooManyBatchesError(
    `more than the cap of ${limits.batches} batches were written between the two moments: ask for moments nearer to each ` +
      'other, or for buckets that begin and end on quarters of an hour, whose sums are kept',
    limits.batches,
  )
}

const written = (context: ApiContext, bounds: Written, buckets: readonly TimeBucket[]) =>
  context.read((session) => countWritten(session, bounds, buckets, limits.batches + 1))

async function momentOf(context: ApiContext, { asOf, asOfBatch }: MomentArgs): Promise<string | null> {
  if (asOf && asOfBatch) throw new InvalidRangeError('give asOf or asOfBatch, not both')
  if (asOf) return past(context, 'asOf', asOf)
  if (asOfBatch === null || asOfBatch === undefined) return null
  const at = await context.read((session) => readWrittenAt(session, asOfBatch))
  if (at === null) throw noSuchBatch(asOfBatch)
  return at
}

/**
 * A moment that has come: later commits do not change its counts.
 * @throws {InvalidRangeError} if it is in the future
 */
function past({ clock }: ApiContext, name: string, moment: Date): string {
  if (clock.hasCome(moment.getTime())) return moment.toISOString()
  throw new InvalidRangeError(`${name} must not be in the future; leave it out for the counts of now`)
}
