import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { createTokenBuckets } from './token-bucket.ts'

type IdentityLimits = {
  /** How long a request must wait until who sent it may be looked into; 0: not at all. */
  waitMs(headers: Headers, address: string): number
  failed(headers: Headers, address: string): void
  proven(headers: Headers): void
}

/** A program whose token has expired learns it at once, and asks some times again. */
const FAILURES = { perSecond: 5, burst: 100 }
/** Credentials that were proven lately: of more people than an API answers at a time. */
const MOST_PROVEN = 10_000

/**
 * Limits by address how many requests may fail to prove who sent them. What was proven lately is let through, so
 * that nobody at the same address, such as that of an office, keeps out who is signed in; and who brings no
 * proof at all does not keep out who does.
 * @param clock Unix milliseconds
 */
export function createIdentityLimits(clock: () => number): IdentityLimits {
  const failures = createTokenBuckets(FAILURES)
  const known = new LRUCache<string, true>({ max: MOST_PROVEN })
  const keyOf = (headers: Headers, address: string) =>
    credentialsIn(headers) === '' ? `${address} without` : address
  return {
    waitMs(headers, address) {
      const wait = failures.waitMs(keyOf(headers, address), clock())
      return wait > 0 && known.has(digestOf(headers)) ? 0 : wait
    },
    failed(headers, address) {
      failures.charge(keyOf(headers, address), clock(), 1)
      known.delete(digestOf(headers))
    },
    proven(headers) {
      known.set(digestOf(headers), true)
    },
  }
}

const credentialsIn = (headers: Headers): string =>
  [headers.get('authorization'), headers.get('cookie')].filter((one) => one !== null).join('\n')

/** Secrets are not kept. */
const digestOf = (headers: Headers): string =>
  createHash('sha256').update(credentialsIn(headers)).digest('base64')
