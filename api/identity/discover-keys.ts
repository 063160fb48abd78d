import type { JSONWebKeySet } from 'jose'
import { discoverProvider } from './discover-provider.ts'
import { fetchJson } from './fetch-json.ts'
import type { ProviderFetch } from './provider-fetch.ts'

/**
 * Reads the keys of an OpenID provider, from the place that it names in its metadata.
 * @param issuer as its tokens and OIDC_ISSUERS write it
 * @throws {Error} says what is wrong, and what to set
 */
export async function discoverKeys(fetch: ProviderFetch, issuer: string): Promise<JSONWebKeySet> {
  const { jwks_uri: place } = await discoverProvider(fetch, issuer)
  if (typeof place !== 'string') throw new Error(`${issuer} names no jwks_uri`)
  const keys = await fetchJson(fetch, place)
  if (!Array.isArray(keys['keys']) || keys['keys'].length === 0) throw new Error(`${place} has no keys`)
  return keys as unknown as JSONWebKeySet
}
