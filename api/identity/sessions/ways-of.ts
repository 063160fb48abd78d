import type { Config } from '../../../config/config.ts'
import { createOidcWay } from './oidc/oidc-way.ts'
import type { SignInWay } from './sign-in-way.ts'

/**
 * The ways to sign in in a browser that the configuration names, by their ids.
 * @param clock Unix milliseconds
 */
export function waysOf({ identity, signIn }: Config, clock: () => number): Map<string, SignInWay> {
  if (identity === null || signIn === null) return new Map()
  const { publicUrl } = signIn
  const { algorithms, groupsClaim } = identity
  const ways = signIn.clients.map((client) =>
    createOidcWay(client, { publicUrl, algorithms, groupsClaim, clock }),
  )
  return new Map(ways.map((way) => [way.id, way]))
}
