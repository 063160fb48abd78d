import { readPendingSightings, type PendingSightings } from '../../db/read/engagement/pending-sightings.ts'
import type { GraphQLResolveInfo } from 'graphql'
import { completenessFor, type IsComplete } from './bucket-completeness.ts'
import type { ApiContext } from '../context/context.ts'
import type { Freshness } from '../context/freshness.ts'
import type { IncompleteReason } from '../context/incomplete-reasons.ts'

/** The freshness of an answer about engagement, which lacks batches whose sightings are not rolled up yet. */
export async function engagementFreshness(context: ApiContext): Promise<Freshness> {
  const [freshness, pending] = await Promise.all([context.freshness(), context.read(readPendingSightings)])
  return withPending(freshness, pending)
}

/** completenessFor, with the freshness of answers about engagement. */
export const engagementCompleteness = (context: ApiContext, info: GraphQLResolveInfo): Promise<IsComplete> =>
  completenessFor(context, info, { readFreshness: () => engagementFreshness(context) })

const withPending = (freshness: Freshness, pending: PendingSightings): Freshness =>
  pending.batches === 0
    ? freshness
    : {
        ...freshness,
        lag: freshness.lag === null ? null : freshness.lag + pending.offsets,
        isComplete: false,
        incompleteReasons: [...freshness.incompleteReasons, pendingReason(pending)],
        countedToMs: Math.min(freshness.countedToMs, pending.firstEventAt?.getTime() ?? -Infinity),
      }

const pendingReason = ({ batches, offsets }: PendingSightings): IncompleteReason => ({
  cause: 'pending_rollup',
  partition: null,
  offsets,
  message: `${offsets} offsets of ${batches} batches are counted, but not yet in answers about users, devices and addresses`,
})
