import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Role, RoleGroups } from '../../domain/access/role.ts'
import type { TlsClient } from '../../tls/tls-client.ts'
import type { Actor } from '../context/actor.ts'
import { RefusedIdentity } from '../context/refused-identity.ts'
import { bearerToken } from './bearer-token.ts'
import { discoverKeys } from './discover-keys.ts'
import type { IdentityProvider } from './identify.ts'
import { nameOf } from './name-of.ts'
import { createProviderFetch } from './provider-fetch.ts'
import { createProviderKeys } from './provider-keys.ts'
import { groupsOf, rolesOf } from './roles-of.ts'
import { LEEWAY_S, type TokenRules, type VerifiedClaims, verifyToken } from './verify-token.ts'

export type OidcConfig = Omit<TokenRules, 'keys'> & {
  issuers: readonly string[]
  groupsClaim: string
  roleGroups: RoleGroups
  /** How providers are proven. */
  tls: TlsClient
}

/** How many verified tokens are remembered; one takes some hundred bytes. */
const REMEMBERED = 10_000
/** A token is verified anew after this time, so that one whose key was withdrawn ends. */
const REMEMBERED_MS = 5 * 60_000

/**
 * Identifies programs and people by access tokens of OpenID providers.
 * @param clock Unix milliseconds
 */
export function createOidc(
  { issuers, groupsClaim, roleGroups, tls, ...rules }: OidcConfig,
  clock: () => number,
): IdentityProvider & Pick<TokenRules, 'keys'> {
  const fetch = createProviderFetch(tls)
  const providers = issuers.map((issuer) => ({
    issuer,
    keys: createProviderKeys(() => discoverKeys(fetch, issuer), clock),
  }))
  const keys = new Map(providers.map(({ issuer, keys: { find } }) => [issuer, find]))
  const remembered = new LRUCache<string, { actor: Actor; verifiedAtMs: number }>({ max: REMEMBERED })

  const isGood = ({ actor, verifiedAtMs }: { actor: Actor; verifiedAtMs: number }) =>
    clock() < Math.min(actor.validUntilMs ?? 0, verifiedAtMs + REMEMBERED_MS)
  const verify = async (token: string): Promise<Actor> => {
    const claims = await verifyToken(token, { ...rules, keys }, clock())
    const roles = rolesOf(groupsOf(claims, groupsClaim), roleGroups)
    if (roles.length === 0) throw noRole(groupsClaim)
    return actorOf(claims, roles)
  }
  return {
    mode: 'oidc',
    keys,
    identify: async (headers) => {
      const token = bearerToken(headers)
      const hash = createHash('sha256').update(token).digest('base64')
      const known = remembered.get(hash)
      if (known !== undefined && isGood(known)) return known.actor
      const actor = await verify(token)
      remembered.set(hash, { actor, verifiedAtMs: clock() })
      return actor
    },
    check: async () => {
      await Promise.all(providers.map(({ keys: { ready } }) => ready()))
      return undefined
    },
  }
}

const noRole = (claim: string) =>
  new RefusedIdentity(
    'FORBIDDEN',
    `you have no role here: no group in the claim ${claim} of the token is in ROLE_GROUPS; ask who runs this API for one`,
  )

function actorOf(claims: VerifiedClaims, roles: Role[]): Actor {
  const { iss: issuer, sub: subject, exp } = claims
  return { issuer, subject, name: nameOf(claims, subject), roles, validUntilMs: (exp + LEEWAY_S) * 1000 }
}
