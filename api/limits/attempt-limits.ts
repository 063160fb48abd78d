import { setTimeout as sleep } from 'node:timers/promises'
import { createTokenBuckets } from './token-bucket.ts'

/** Somebody tries to prove who they are. */
export type Attempt = {
  /** Where from, as ClientAddress has it. */
  address: string
  /** As whom; left out where the attempt names nobody, as a token does. */
  name?: string
}

/** Too many attempts failed: this one must not be made. */
export class TooManyAttempts extends Error {
  readonly code = 'TOO_MANY_ATTEMPTS'
  readonly retryAfterMs: number
  constructor(retryAfterMs: number) {
    super(`too many attempts to sign in failed: try again in ${Math.ceil(retryAfterMs / 1000)} s`)
    this.retryAfterMs = retryAfterMs
  }
}

export type AttemptLimits = {
  /**
   * Makes an attempt, if there were not too many before. It is counted before it is made, so that many at once gain
   * nothing, and forgotten if it succeeds.
   * @param make resolves if the attempt succeeds; an attempt whose rejection `isFailure` denies is forgotten, too
   * @throws {TooManyAttempts} it was not made
   */
  attempt<T>(attempt: Attempt, make: () => Promise<T>, isFailure?: (error: unknown) => boolean): Promise<T>
}

/** What fails by mistake is far less; guessing a password of eight random letters would take thousands of years. */
const RATES = {
  address: { perSecond: 0.5, burst: 30 },
  /** One person who tries one name. */
  pair: { perSecond: 1 / 30, burst: 6 },
  /** Failures of one name from everywhere that are not yet answered more slowly. */
  name: { perSecond: 1 / 10, burst: 10 },
}
/** How much later an attempt is made for each failure too many of its name, and at most. */
const DELAY_MS = { perFailure: 250, most: 4_000 }
/** Attempts that wait at a time: further ones are refused, so that nobody fills the memory with them. */
const MOST_WAITING = 500

/**
 * Limits failed attempts by address, and by name at an address. Attempts of a name from all addresses together are
 * only slowed down: a stranger who tries a name in vain must not lock out whose name it is.
 * @param clock Unix milliseconds
 */
export function createAttemptLimits(
  clock: () => number,
  wait: (ms: number) => Promise<unknown> = sleep,
): AttemptLimits {
  const addresses = createTokenBuckets(RATES.address)
  const pairs = createTokenBuckets(RATES.pair)
  const names = createTokenBuckets(RATES.name)
  let waiting = 0

  const all = (attempt: Attempt, tokens: number) => {
    const nowMs = clock()
    addresses.charge(attempt.address, nowMs, tokens)
    if (attempt.name === undefined) return
    pairs.charge(pairOf(attempt), nowMs, tokens)
    names.charge(keyOf(attempt.name), nowMs, tokens)
  }
  const check = (attempt: Attempt) => {
    const nowMs = clock()
    const waitMs = Math.max(
      addresses.waitMs(attempt.address, nowMs),
      attempt.name === undefined ? 0 : pairs.waitMs(pairOf(attempt), nowMs),
    )
    if (waitMs > 0) throw new TooManyAttempts(waitMs)
  }
  const slowDown = async ({ name }: Attempt) => {
    const delayMs = name === undefined ? 0 : delayOf(names.waitMs(keyOf(name), clock()))
    if (delayMs === 0) return
    if (waiting >= MOST_WAITING) throw new TooManyAttempts(DELAY_MS.most)
    waiting++
    try {
      await wait(delayMs)
    } finally {
      waiting--
    }
  }
  return {
    async attempt(attempt, make, isFailure = () => true) {
      check(attempt)
      all(attempt, 1)
      try {
        await slowDown(attempt)
        const made = await make()
        all(attempt, -1)
        return made
      } catch (error) {
        if (!(error instanceof TooManyAttempts) && !isFailure(error)) all(attempt, -1)
        throw error
      }
    },
  }
}

/** @param owedMs until the name may fail again without delay */
const delayOf = (owedMs: number): number =>
  Math.min(DELAY_MS.most, Math.ceil((owedMs * RATES.name.perSecond) / 1000) * DELAY_MS.perFailure)

/** Names that directories take for one; a name of any length takes little memory. */
const keyOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase().slice(0, 256)
const pairOf = ({ address, name = '' }: Attempt): string => `${address} ${keyOf(name)}`
