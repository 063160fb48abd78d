import { engagementFreshness } from '../../questions/engagement-freshness.ts'
import type { ApiContext } from '../../context/context.ts'
import { FreshnessType } from '../fields/freshness.ts'

/** The field `freshness` of an answer about users, devices and addresses. */
export const engagementFreshnessField = {
  type: FreshnessType,
  description:
    'How fresh and how complete this answer is. Numbers of users follow the counts by about a second, and by more while a backlog ' +
    'is read: `lag` includes the offsets of batches that are counted and not in this answer yet, and `isComplete` is false while ' +
    'there are any.',
  resolve: (_: unknown, __: unknown, context: ApiContext) => engagementFreshness(context),
}
