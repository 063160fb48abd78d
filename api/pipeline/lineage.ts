import { bucketMs, type BucketSize, type TimeBucket } from '../../domain/time/bucket.ts'
import { type Contribution, readLineage } from '../../db/read/ledger/lineage.ts'
import { YEAR_10000_MS } from '../../domain/time/iso-time.ts'
import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import { readLoginTotal } from '../../db/read/counts/login-counts.ts'
import { limits, checkSince1970 } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { checkMinutesKept } from '../questions/count-series.ts'
import { InvalidRangeError, TooManyBatchesError } from '../context/errors.ts'

export type Lineage = TimeBucket & { logins: bigint; contributions: Contribution[] }

/**
 * The batches behind the logins of one bucket of UTC.
 * @throws {InvalidRangeError | TooManyBatchesError}
 */
export async function traceBucket(
  context: ApiContext,
  bucket: Date,
  size: BucketSize,
  filter: CountFilter,
): Promise<Lineage> {
  const { read } = context
  const fromMs = bucket.getTime()
  if (fromMs % bucketMs[size] !== 0) {
    const start = new Date(Math.floor(fromMs / bucketMs[size]) * bucketMs[size]).toISOString()
    throw new InvalidRangeError(`bucket must be the start of a ${size} of UTC: for example ${start}`)
  }
  checkSince1970('bucket', fromMs)
  const range = { fromMs, toMs: fromMs + bucketMs[size] }
  if (range.toMs >= YEAR_10000_MS)
    throw new InvalidRangeError('bucket must end before the year 10000: ask for an earlier one')
  await checkMinutesKept(context, [range])
  const contributions = await read((session) => readLineage(session, range, filter, limits.batches + 1))
  if (contributions.length > limits.batches) {
    throw new TooManyBatchesError(
      `more than the cap of ${limits.batches} batches are behind this ${size}: ask for a smaller bucket, or filter by fewer values of the dimensions`,
      limits.batches,
    )
  }
  return { ...range, logins: await read((session) => readLoginTotal(session, range, filter)), contributions }
}
