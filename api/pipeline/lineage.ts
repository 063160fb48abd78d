import { bucketMs, type TimeBucket } from '../../domain/time/bucket.ts'
import { type Contribution, readLineage } from '../../db/read/ledger/lineage.ts'
import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import { readLoginTotal } from '../../db/read/counts/login-counts.ts'
import { limits } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { checkMinutesKept } from '../questions/read-counts.ts'
import { AnswerTooLargeError } from '../context/errors.ts'

export type Lineage = TimeBucket & { logins: bigint; contributions: Contribution[] }

/**
 * The batches behind the logins of a range.
 * @throws {InvalidRangeError | DataGoneError | AnswerTooLargeError}
 */
export async function traceRange(
  context: ApiContext,
  range: TimeBucket,
  filter: CountFilter,
): Promise<Lineage> {
  const { read } = context
  const minutes = (range.toMs - range.fromMs) / bucketMs.minute
  if (minutes > limits.buckets)
    throw new AnswerTooLargeError(
      `a range of ${minutes} minutes is longer than the cap of ${limits.buckets}, because every minute is looked up: ask for a shorter one`,
      { argument: 'from', cap: limits.buckets, asked: minutes },
    )
  await checkMinutesKept(context, [range])
  const contributions = await read((session) => readLineage(session, range, filter, limits.batches + 1))
  if (contributions.length > limits.batches) {
    throw new AnswerTooLargeError(
      `more than the cap of ${limits.batches} batches are behind this range: ask for a shorter one, or filter by fewer values of the dimensions`,
      { argument: 'from', cap: limits.batches },
    )
  }
  return { ...range, logins: await read((session) => readLoginTotal(session, range, filter)), contributions }
}
