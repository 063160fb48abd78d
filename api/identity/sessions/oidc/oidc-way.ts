import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
} from 'openid-client'
import type { OidcClient } from '../../../../config/sign-in.ts'
import { isSubject, nameOf } from '../../name-of.ts'
import { groupsOf } from '../../roles-of.ts'
import { type KnownPerson, type RedirectWay, type SignedIn, SignInRefused } from '../sign-in-way.ts'
import type { ProviderFetch } from '../../provider-fetch.ts'
import { createIdTokenCheck } from './id-token.ts'
import { createProviderClient } from './provider-client.ts'
import { isNoMore, refusalOfAnswer } from './refusals.ts'

type Options = {
  publicUrl: string
  algorithms: readonly string[]
  groupsClaim: string
  /** Asks the provider. */
  fetch: ProviderFetch
  /** Milliseconds. */
  clock: () => number
}

type Tokens = Awaited<ReturnType<typeof refreshTokenGrant>>
type Claims = Readonly<Record<string, unknown>>
/** What a sign-in must come back with, besides its state. */
type Pending = { verifier: string; state: string; nonce: string }
/** What reads the groups again: a refresh token; of a provider that gives none, the access token while it is good. */
type Secret = { refresh: string } | { access: string }

/** The path to which a provider sends people back; each has its own, so that answers cannot be mixed up (RFC 9700, 4.4). */
export const callbackPath = (id: string): string => `/sign-in/callback/${id}`

/**
 * Signs people in at an OpenID provider: authorization code with PKCE, `iss`, `state` and `nonce` checked (RFC 9700).
 * Tokens stay here.
 */
export function createOidcWay(
  client: OidcClient,
  { publicUrl, algorithms, groupsClaim, fetch, clock }: Options,
): RedirectWay {
  const configure = createProviderClient(client, fetch, clock)
  const checkIdToken = createIdTokenCheck(client, { algorithms, fetch, clock })
  const id = client.way
  const redirectUri = publicUrl + callbackPath(id)

  /** What ID token and userinfo say; the latter is asked where the former has no groups. */
  const claimsOf = async (configuration: Configuration, tokens: Tokens, subject: string): Promise<Claims> => {
    const own: Claims = tokens.claims() ?? {}
    const { userinfo_endpoint: place } = configuration.serverMetadata()
    if (groupsOf(own, groupsClaim).length > 0 || place === undefined) return own
    return { ...own, ...(await fetchUserInfo(configuration, tokens.access_token, subject)) }
  }
  const readBy = async (configuration: Configuration, { subject, secret }: KnownPerson) => {
    const known = parse(secret) as Secret
    if ('access' in known) {
      if (configuration.serverMetadata().userinfo_endpoint === undefined)
        throw new SignInRefused(`${client.issuer} gives nothing to read your groups again by: sign in again`)
      const claims = await fetchUserInfo(configuration, known.access, subject)
      return { claims, secret }
    }
    const tokens = await refreshTokenGrant(configuration, known.refresh)
    await checkIdToken(tokens.id_token)
    if (tokens.claims() !== undefined && tokens.claims()?.sub !== subject)
      throw new SignInRefused(`${client.issuer} answers for somebody else`)
    const claims = await claimsOf(configuration, tokens, subject)
    return { claims, secret: secretOf(tokens, known.refresh) }
  }
  return {
    kind: 'redirect',
    method: 'OPENID_CONNECT',
    id,
    issuer: client.issuer,
    label: labelOf(client.issuer),
    begin: async () => {
      const configuration = await configure()
      const pending: Pending = {
        verifier: randomPKCECodeVerifier(),
        state: randomState(),
        nonce: randomNonce(),
      }
      const to = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: client.scopes,
        code_challenge: await calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
        state: pending.state,
        nonce: pending.nonce,
      })
      return { to, state: pending.state, pending: JSON.stringify(pending) }
    },
    complete: async (answer, pending) => {
      const configuration = await configure()
      const { verifier, state, nonce } = parse(pending) as Pending
      try {
        const tokens = await authorizationCodeGrant(configuration, new URL(redirectUri + answer.search), {
          ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
          idTokenExpected: true,
        })
        await checkIdToken(tokens.id_token)
        const own = tokens.claims()
        const sub = own?.sub ?? ''
        if (!isSubject(sub))
          throw new SignInRefused(`${client.issuer} knows you by a name that cannot be kept`)
        const claims = await claimsOf(configuration, tokens, sub)
        return {
          ...personOf(claims, groupsClaim),
          issuer: client.issuer,
          subject: sub,
          providerSession: typeof own?.['sid'] === 'string' ? own['sid'] : null,
          secret: secretOf(tokens),
        }
      } catch (error) {
        throw refusalOfAnswer(error, client.issuer)
      }
    },
    readGroups: async (person) => {
      const configuration = await configure()
      try {
        const { claims, secret } = await readBy(configuration, person)
        return { ...personOf(claims, groupsClaim), secret }
      } catch (error) {
        if (!isNoMore(error)) throw error
        throw new SignInRefused(`${client.issuer} vouches for you no more`)
      }
    },
    signOutAt: async (back) => {
      const { end_session_endpoint: place } = (await configure()).serverMetadata()
      if (place === undefined) return null
      const url = new URL(place)
      // An id_token_hint would spare people a question, and put a token of theirs into the address bar and into logs.
      url.searchParams.set('client_id', client.id)
      url.searchParams.set('post_logout_redirect_uri', back)
      return url
    },
  }
}

const personOf = (claims: Claims, groupsClaim: string): Pick<SignedIn, 'name' | 'groups'> => ({
  name: nameOf(claims, String(claims['sub'])),
  groups: groupsOf(claims, groupsClaim),
})

/** @param before the refresh token until now, which stays if there is no new one */
function secretOf({ refresh_token: refresh, access_token: access }: Tokens, before?: string): string {
  const token = refresh ?? before
  return JSON.stringify((token === undefined ? { access } : { refresh: token }) satisfies Secret)
}

/** What this way wrote itself, encrypted meanwhile. */
const parse = (text: string | null): unknown => JSON.parse(text ?? 'null')

/** People know the host of their provider; the path tells realms and tenants apart. */
const labelOf = (issuer: string): string => issuer.replace(/^https?:\/\//, '').replace(/\/$/, '')
