import {
  type CountSource,
  countWritten,
  readWrittenAt,
  type Written,
} from '../../db/read/counts/count-moment.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { limits } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { InvalidRangeError, NotFoundError, TooManyBatchesError } from '../context/errors.ts'

/** The moment whose counts are asked for: none, a moment, or when a batch was written. */
export type MomentArgs = { asOf?: Date | null | undefined; asOfBatch?: bigint | null | undefined }

/**
 * Which counts to read for a moment.
 * @param buckets that are asked for
 * @throws {InvalidRangeError} two moments, or one that is not over
 * @throws {NotFoundError} no such batch
 * @throws {TooManyBatchesError}
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
      'that begin and end on quarters of an hour, which are added up already',
    limits.batches,
  )
}

/**
 * What was written after one moment and up to another, or up to now.
 * @param buckets that are asked for
 * @throws {InvalidRangeError | TooManyBatchesError}
 */
export async function countsWritten(
  context: ApiContext,
  since: Date,
  until: Date | null | undefined,
  buckets: readonly TimeBucket[],
): Promise<CountSource> {
  if (!context.clock.hasCome(since.getTime())) throw new InvalidRangeError('since must not be in the future')
  if (until && since >= until) throw new InvalidRangeError('since must be before until')
  const between = { since: since.toISOString(), until: until ? past(context, 'until', until) : null }
  if ((await written(context, between, buckets)) <= limits.batches) return { kind: 'only', written: between }
  throw new TooManyBatchesError(
    `more than the cap of ${limits.batches} batches were written between the two moments: ask for moments nearer to each ` +
      'other, or for buckets that begin and end on quarters of an hour, which are added up already',
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
  if (at === null) throw new NotFoundError(`there is no batch ${asOfBatch}`)
  return at
}

/** What is written later would change the answer. */
function past({ clock }: ApiContext, name: string, moment: Date): string {
  if (clock.hasCome(moment.getTime())) return moment.toISOString()
  throw new InvalidRangeError(`${name} must not be in the future; leave it out for the counts of now`)
}
