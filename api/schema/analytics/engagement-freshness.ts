import { engagementFreshness } from '../../questions/engagement-freshness.ts'
import type { ApiContext } from '../../context/context.ts'
import { FreshnessType } from '../fields/freshness.ts'

/** For the field that every answer from the bitmaps of engagement has. */
export const engagementFreshnessField = {
  type: FreshnessType,
  description:
    'How fresh and how complete this answer is. Activity follows the counts by about a second, by more while a backlog is read: `lag` also has the offsets ' +
    'of the batches that it lacks, and `complete` is false while there are any.',
  resolve: (_: unknown, __: unknown, context: ApiContext) => engagementFreshness(context),
}
