import { LRUCache } from 'lru-cache'

type TokenBuckets = {
  /**
   * Takes tokens of a key and returns 0; if there are too few, takes none and returns the milliseconds until
   * there are enough.
   */
  take(key: string, nowMs: number, tokens?: number): number
  /** As `take`, and takes none. */
  waitMs(key: string, nowMs: number, tokens?: number): number
  /** Takes tokens that were used already: the key may owe some then. */
  charge(key: string, nowMs: number, tokens: number): void
}

type Rate = { perSecond: number; burst: number; mostOwed?: number }

/** How many keys are kept, whoever invents new ones; one that was dropped starts again with a full bucket. */
const MAX_KEYS = 10_000

/**
 * A bucket per key: `perSecond` tokens in the long run, `burst` at once. More than a whole bucket are given for a
 * full one, and what is missing is owed; `mostOwed` at most.
 * https://en.wikipedia.org/wiki/Token_bucket
 */
export function createTokenBuckets({ perSecond, burst, mostOwed = Infinity }: Rate): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number; atMs: number }>({ max: MAX_KEYS })
  const filled = (key: string, nowMs: number) => {
    const { tokens, atMs } = buckets.get(key) ?? { tokens: burst, atMs: nowMs }
    return Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond)
  }
  const waitMs = (key: string, nowMs: number, wanted = 1) =>
    Math.max(0, Math.ceil(((Math.min(wanted, burst) - filled(key, nowMs)) / perSecond) * 1000))
  const charge = (key: string, nowMs: number, tokens: number) => {
    buckets.set(key, { tokens: Math.max(filled(key, nowMs) - tokens, -mostOwed), atMs: nowMs })
  }
  return {
    take(key, nowMs, wanted = 1) {
      const wait = waitMs(key, nowMs, wanted)
      charge(key, nowMs, wait === 0 ? wanted : 0)
      return wait
    },
    waitMs,
    charge,
  }
}
