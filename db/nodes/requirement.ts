import type { ReadToken } from './read-token.ts'
import type { ReadSession } from './snapshot.ts'

/** How fresh a client requires its answer to be. */
export type ReadRequirement = {
  /** The age in milliseconds that the data may have at most; null: any. */
  maxStalenessMs: number | null
  /** The answer must show everything written up to each of these. */
  after: readonly ReadToken[]
  /** Whether a snapshot shows what else the answer must show; null: nothing else. */
  shows: ((session: ReadSession) => Promise<boolean>) | null
}

export const anyFreshness: ReadRequirement = { maxStalenessMs: null, after: [], shows: null }
