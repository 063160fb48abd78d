import { LRUCache } from 'lru-cache'

type TokenBuckets = {
  /**
   * Takes tokens of a key and returns 0; if there are too few, takes none and returns the milliseconds until
   * there are enough.
   */
  take(key: string, nowMs: number, tokens?: number): number
}

/** How many keys are kept; one that was dropped starts again with a full bucket. */
const MAX_KEYS = 10_000

/**
 * A bucket per key: `perSecond` tokens in the long run, `burst` at once.
 * https://en.wikipedia.org/wiki/Token_bucket
 */
export function createTokenBuckets({ perSecond, burst }: { perSecond: number; burst: number }): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number; atMs: number }>({ max: MAX_KEYS })
  return {
    take(key, nowMs, wanted = 1) {
      const { tokens, atMs } = buckets.get(key) ?? { tokens: burst, atMs: nowMs }
      const filled = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond)
      const isThere = filled >= wanted
      buckets.set(key, { tokens: isThere ? filled - wanted : filled, atMs: nowMs })
      return isThere ? 0 : Math.ceil(((wanted - filled) / perSecond) * 1000)
    },
  }
}
