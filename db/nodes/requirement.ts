import type { ReadToken } from './read-token.ts'

/** How fresh a client wants its answer; null: it did not say. */
export type ReadRequirement = {
  /** The data must not be older, milliseconds. */
  maxStalenessMs: number | null
  /** The answer must show what was written up to here. */
  after: ReadToken | null
}

export const anyFreshness: ReadRequirement = { maxStalenessMs: null, after: null }
