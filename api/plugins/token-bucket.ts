import { LRUCache } from 'lru-cache'

export type TokenBuckets = {
  /** Takes some of `key`'s tokens. Returns 0, or the milliseconds until there are as many. */
  take(key: string, nowMs: number, tokens?: number): number
}

/** Keys that are remembered; one that is forgotten starts with a full bucket. */
const MAX_KEYS = 10_000

/** `perSecond` in the long run, `burst` at once. https://en.wikipedia.org/wiki/Token_bucket */
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
