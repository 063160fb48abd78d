import type { ReadToken } from './read-token.ts'

/** How fresh a client requires its answer to be. Null: it does not say. */
export type ReadRequirement = {
  /** The age in milliseconds that the data may have at most. */
  maxStalenessMs: number | null
  /** The answer must show everything written up to here. */
  after: ReadToken | null
}

export const anyFreshness: ReadRequirement = { maxStalenessMs: null, after: null }
