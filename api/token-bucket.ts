import { LRUCache } from 'lru-cache'

export type TokenBuckets = {
  /** Takes one of `key`'s tokens. Returns 0, or the milliseconds until there is one. */
  take(key: string, nowMs: number): number
}

/** Keys that are remembered; one that is forgotten starts with a full bucket. */
const MAX_KEYS = 10_000

/** `perSecond` in the long run, `burst` at once. https://en.wikipedia.org/wiki/Token_bucket */
export function createTokenBuckets({ perSecond, burst }: { perSecond: number; burst: number }): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number; atMs: number }>({ max: MAX_KEYS })
  return {
    take(key, nowMs) {
      const { tokens, atMs } = buckets.get(key) ?? { tokens: burst, atMs: nowMs }
      const filled = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond)
      const isThere = filled >= 1
      buckets.set(key, { tokens: isThere ? filled - 1 : filled, atMs: nowMs })
      return isThere ? 0 : Math.ceil(((1 - filled) / perSecond) * 1000)
    },
  }
}
