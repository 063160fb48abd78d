import type { CountSource } from '../../../db/read/counts/count-moment.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { type Moment, momentMs } from '../../../domain/time/moment.ts'
import type { Calendar } from '../../../domain/time/calendar.ts'
import type { ApiContext } from '../../context/context.ts'
import { UnsupportedCombinationError } from '../../context/errors.ts'
import { countSource, countsWritten } from '../count-source.ts'

/** The moments as of which, and since which, counts are asked for. */
export type MomentArgs = {
  asOf?: Moment | null | undefined
  asOfBatchId?: bigint | null | undefined
  since?: Moment | null | undefined
}

/**
 * The source of the counts of a question.
 * @param zone where dates are
 * @param cells that are asked for
 * @throws {ExpectedError} as countSource and countsWritten
 */
export async function sourceOf(
  context: ApiContext,
  args: MomentArgs,
  zone: Calendar,
  cells: readonly TimeBucket[],
): Promise<CountSource> {
  const { since, ...moment } = momentsOf(args, zone)
  if (since == null) return await countSource(context, moment, cells)
  if (moment.asOfBatchId != null)
    throw new UnsupportedCombinationError(
      'since goes with asOf, not with asOfBatchId: give the moment of the batch',
      'asOfBatchId',
    )
  return await countsWritten(context, since, moment.asOf ?? null, cells)
}

function momentsOf({ asOf, asOfBatchId, since }: MomentArgs, zone: Calendar) {
  const dateOf = (moment: Moment | null | undefined) =>
    moment == null ? null : new Date(momentMs(moment, zone))
  return { asOf: dateOf(asOf), asOfBatchId, since: dateOf(since) }
}
