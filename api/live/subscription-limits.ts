import { requestError } from '../context/request-error.ts'

export type SubscriptionCaps = {
  /** Subscriptions of this API at a time. */
  all: number
  /** Those of one client. */
  perClient: number
}

type SubscriptionLimits = {
  /**
   * Counts a subscription of a client, and returns what ends it.
   * @throws {GraphQLError} there are too many
   */
  take(client: string): () => void
}

export function createSubscriptionLimits(caps: SubscriptionCaps): SubscriptionLimits {
  const ofClient = new Map<string, number>()
  let all = 0
  return {
    take(client) {
      const own = ofClient.get(client) ?? 0
      if (own >= caps.perClient)
        throw tooMany(
          `you have ${own} subscriptions, which is the cap: end one, or ask for several fields in one request`,
          caps.perClient,
        )
      if (all >= caps.all)
        throw tooMany(
          `this API has ${all} subscriptions, which is the cap: subscribe again in a moment, or to another API`,
          caps.all,
        )
      all++
      ofClient.set(client, own + 1)
      return () => {
        all--
        const left = (ofClient.get(client) ?? 0) - 1
        if (left === 0) ofClient.delete(client)
        else ofClient.set(client, left)
      }
    },
  }
}

export const tooMany = (message: string, cap: number) =>
  requestError('RATE_LIMITED', message, { cap, http: { status: 429 } })
