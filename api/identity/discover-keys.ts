import type { JSONWebKeySet } from 'jose'
import { fetchJson } from './fetch-json.ts'

/**
 * Reads the keys of an OpenID provider, from the place that it names in its metadata.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 * @param issuer as its tokens and OIDC_ISSUERS write it
 * @throws {Error} says what is wrong, and what to set
 */
export async function discoverKeys(issuer: string): Promise<JSONWebKeySet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const { issuer: named, jwks_uri: place } = await fetchJson(url)
  if (named !== issuer)
    throw new Error(
      `${url} names the issuer ${JSON.stringify(named)}: set OIDC_ISSUERS to exactly that, if it is the right one`,
    )
  if (typeof place !== 'string' || !isAsSafe(place, issuer))
    throw new Error(`${url} names no jwks_uri that is https`)
  const keys = await fetchJson(place)
  if (!Array.isArray(keys['keys']) || keys['keys'].length === 0) throw new Error(`${place} has no keys`)
  return keys as unknown as JSONWebKeySet
}

/** Plain HTTP is for issuers on loopback, which the settings let use it. */
const isAsSafe = (place: string, issuer: string): boolean =>
  URL.canParse(place) &&
  (new URL(place).protocol === 'https:' ||
    (issuer.startsWith('http:') && new URL(place).hostname === new URL(issuer).hostname))
