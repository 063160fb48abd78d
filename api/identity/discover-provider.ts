import { fetchJson } from './fetch-json.ts'
import type { ProviderFetch } from './provider-fetch.ts'

/** What an OpenID provider says of itself. */
export type ProviderMetadata = Record<string, unknown> & { issuer: string }

/** Places at which a provider is asked, or to which browsers are sent. */
const PLACES = [
  'jwks_uri',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'end_session_endpoint',
]

/**
 * Reads the metadata of an OpenID provider.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 * @param issuer as its tokens and OIDC_ISSUERS write it
 * @throws {Error} says what is wrong, and what to set
 */
export async function discoverProvider(fetch: ProviderFetch, issuer: string): Promise<ProviderMetadata> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = await fetchJson(fetch, url)
  if (metadata['issuer'] !== issuer)
    throw new Error(
      `${url} names the issuer ${JSON.stringify(metadata['issuer'])}: set OIDC_ISSUERS to exactly that, if it is the right one`,
    )
  const unsafe = PLACES.find((place) => metadata[place] !== undefined && !isAsSafe(metadata[place], issuer))
  if (unsafe !== undefined) throw new Error(`${url} names no ${unsafe} that is https`)
  return { ...metadata, issuer }
}

/** Plain HTTP is for issuers on loopback, which the settings let use it. */
const isAsSafe = (place: unknown, issuer: string): boolean =>
  typeof place === 'string' &&
  URL.canParse(place) &&
  (new URL(place).protocol === 'https:' ||
    (issuer.startsWith('http:') && new URL(place).hostname === new URL(issuer).hostname))
