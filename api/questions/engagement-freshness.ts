import { readUnfoldedPresence, type UnfoldedPresence } from '../../db/read/engagement/pending-sightings.ts'
import type { GraphQLResolveInfo } from 'graphql'
import { completenessFor, type IsComplete } from './marks.ts'
import type { ApiContext } from '../context/context.ts'
import type { Freshness } from '../context/freshness.ts'
import type { IncompleteReason } from '../context/incomplete.ts'

/** Of an answer about activity, which lacks what is decided and not folded yet. */
export async function activityFreshness(context: ApiContext): Promise<Freshness> {
  const [freshness, unfolded] = await Promise.all([context.freshness(), context.read(readUnfoldedPresence)])
  return withUnfolded(freshness, unfolded)
}

/** As completenessFor, for answers about activity. */
export const activityCompleteness = (context: ApiContext, info: GraphQLResolveInfo): Promise<IsComplete> =>
  completenessFor(context, info, { readFreshness: () => activityFreshness(context) })

export const withUnfolded = (freshness: Freshness, unfolded: UnfoldedPresence): Freshness =>
  unfolded.batches === 0
    ? freshness
    : {
        ...freshness,
        lag: freshness.lag === null ? null : freshness.lag + unfolded.offsets,
        complete: false,
        incompleteBecause: [...freshness.incompleteBecause, unfoldedReason(unfolded)],
        countedToMs: Math.min(freshness.countedToMs, unfolded.firstEventAt?.getTime() ?? -Infinity),
      }

const unfoldedReason = ({ batches, offsets }: UnfoldedPresence): IncompleteReason => ({
  cause: 'unfolded',
  partition: null,
  offsets,
  message: `${offsets} offsets of ${batches} batches are counted and not in the answers about activity yet`,
})
