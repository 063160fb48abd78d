import {
  type CountSource,
  countWritten,
  readWrittenAt,
  type Written,
} from '../../db/read/counts/count-moment.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { limits } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import {
  AnswerTooLargeError,
  InvalidRangeError,
  noSuchBatch,
  UnsupportedCombinationError,
} from '../context/errors.ts'

/**
 * The moment as of which counts are asked for, given as a time or as the batch written then; neither: now.
 */
type MomentArgs = { asOf?: Date | null | undefined; asOfBatchId?: bigint | null | undefined }

/**
 * The source for counts as of a moment: the counts of now without what was written since, or only what was
 * written until then, whichever adds up few enough batches.
 * @param buckets the buckets that are asked for
 * @throws {UnsupportedCombinationError} if two moments are given
 * @throws {InvalidRangeError} if one is in the future
 * @throws {NotFoundError} if there is no such batch
 * @throws {AnswerTooLargeError} if both ways add up more batches than the cap
 */
export async function countSource(
  context: ApiContext,
  args: MomentArgs,
  buckets: readonly TimeBucket[],
): Promise<CountSource> {
  const moment = await momentOf(context, args)
  if (moment === null) return { kind: 'now' }
  return await sourceAsOf(context, moment, args.asOfBatchId == null ? 'asOf' : 'asOfBatchId', buckets)
}

/**
 * The source for counts as of a moment that has come, as Postgres writes it.
 * @param argument the one that names the moment
 * @throws {AnswerTooLargeError} as countSource
 */
export async function sourceAsOf(
  context: ApiContext,
  moment: string,
  argument: string,
  buckets: readonly TimeBucket[],
): Promise<CountSource> {
  const since: Written = { since: moment, until: null }
  if ((await written(context, since, buckets)) <= limits.batches) return { kind: 'without', written: since }
  const until: Written = { since: null, until: moment }
  if ((await written(context, until, buckets)) <= limits.batches) return { kind: 'only', written: until }
  throw new AnswerTooLargeError(
    `more than the cap of ${limits.batches} batches were written before ${moment} as well as after it: ask for a later moment, or for buckets ` +
      'that begin and end on quarters of an hour, whose sums are kept',
    { argument, cap: limits.batches },
  )
}

/**
 * The source for counts that were written after one moment and up to another, or up to now.
 * @param asOf the later moment; null: now
 * @param buckets the buckets that are asked for
 * @throws {InvalidRangeError | AnswerTooLargeError}
 */
export async function countsWritten(
  context: ApiContext,
  since: Date,
  asOf: Date | null,
  buckets: readonly TimeBucket[],
): Promise<CountSource> {
  if (!context.clock.hasCome(since.getTime()))
    throw new InvalidRangeError('since must not be in the future: give an earlier moment', 'since')
  if (asOf !== null && since >= asOf)
    throw new InvalidRangeError('since must be before asOf: give an earlier one', 'since')
  const until = asOf === null ? null : past(context, 'asOf', asOf)
  const between = { since: since.toISOString(), until }
  if ((await written(context, between, buckets)) <= limits.batches) return { kind: 'only', written: between }
  throw new AnswerTooLargeError(
    `more than the cap of ${limits.batches} batches were written between the two moments: ask for moments nearer to each ` +
      'other, or for buckets that begin and end on quarters of an hour, whose sums are kept',
    { argument: 'since', cap: limits.batches },
  )
}

const written = (context: ApiContext, bounds: Written, buckets: readonly TimeBucket[]) =>
  context.read((session) => countWritten(session, bounds, buckets, limits.batches + 1))

async function momentOf(context: ApiContext, { asOf, asOfBatchId }: MomentArgs): Promise<string | null> {
  if (asOf != null && asOfBatchId != null)
    throw new UnsupportedCombinationError('give asOf or asOfBatchId, not both', 'asOfBatchId')
  if (asOf != null) return past(context, 'asOf', asOf)
  if (asOfBatchId == null) return null
  const at = await context.read((session) => readWrittenAt(session, asOfBatchId))
  if (at === null) throw noSuchBatch(asOfBatchId, 'asOfBatchId')
  return at
}

/**
 * A moment that has come: later commits do not change its counts.
 * @param remedy what to do about one that has not
 * @throws {InvalidRangeError} if it is in the future
 */
export function past(
  { clock }: ApiContext,
  name: string,
  moment: Date,
  remedy = 'leave it out for the counts of now',
): string {
  if (clock.hasCome(moment.getTime())) return moment.toISOString()
  throw new InvalidRangeError(`${name} must not be in the future; ${remedy}`, name)
}
