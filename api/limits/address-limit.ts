import { createTokenBuckets } from './token-bucket.ts'

/** Clients that one address may have, such as the people of an office. */
const CLIENTS = 10
const BURST_SECONDS = 5

/**
 * Caps the requests of an address, whoever sends them and whatever they are: `waitMs` takes one and returns 0, or
 * the milliseconds until the next one is answered.
 * @param questionsPerSecond of one client
 */
export function createAddressLimit(questionsPerSecond: number, clock: () => number) {
  const perSecond = questionsPerSecond * CLIENTS
  const buckets = createTokenBuckets({ perSecond, burst: perSecond * BURST_SECONDS })
  return { perSecond, waitMs: (address: string): number => buckets.take(address, clock()) }
}
