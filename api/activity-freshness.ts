import { readUnfoldedPresence, type UnfoldedPresence } from '../db/read/unfolded-presence.ts'
import type { ApiContext } from './context.ts'
import type { Freshness } from './freshness.ts'

/** Of an answer about activity, which lacks what is decided and not folded yet. */
export async function activityFreshness(context: ApiContext): Promise<Freshness> {
  const [freshness, unfolded] = await Promise.all([context.freshness(), context.read(readUnfoldedPresence)])
  return withUnfolded(freshness, unfolded)
}

export const withUnfolded = (freshness: Freshness, { batches, offsets }: UnfoldedPresence): Freshness => ({
  ...freshness,
  lag: freshness.lag === null ? null : freshness.lag + offsets,
  complete: freshness.complete && batches === 0,
})
