import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import Provider from 'oidc-provider'
import { inject } from 'vitest'
import { wayOf } from '../../../config/sign-in-contradictions.ts'
import { serveIssuer } from './loopback-issuer.ts'
import { AUDIENCE } from './open-id-provider.ts'
import { type JarBrowser, locationOf } from './browser-jar.ts'

export const CLIENT_ID = 'rollcall-api'
export const CLIENT_SECRET = 'a-marked-client-secret-of-a-test'

export type SignInProvider = {
  issuer: string
  /** Its people and their groups, which may change. */
  people: Map<string, string[]>
  /** How often each endpoint was asked, by its path. */
  asked: Map<string, number>
  /** Every token that it gave. */
  tokens: string[]
  /** Goes through its pages as a person does, up to the URL with which it sends the browser back. */
  visit: (browser: JarBrowser, url: string, person: string) => Promise<string>
  /** Has its answers to the endpoints of tokens and userinfo wait, or fail. */
  setAway: (isAway: boolean) => void
  /** Ends what it knows of a person: refresh tokens are no longer good. */
  forget: (person: string) => void
  /** A logout token as it would send it; claims replace those that are right, undefined ones are left out. */
  logoutToken: (claims: Record<string, unknown>, typ?: string) => Promise<string>
  stop: () => Promise<void>
}

/** A certified OpenID provider on loopback at which people sign in with any password. */
export async function startSignInProvider(
  apiUrl: string,
  people: Record<string, string[]>,
  atEnd: (stop: () => Promise<void>) => void,
): Promise<SignInProvider> {
  const known = new Map(Object.entries(people))
  const asked = new Map<string, number>()
  const tokens: string[] = []
  let isAway = false
  let answer: RequestListener = (_, response) => void response.writeHead(503).end()
  const http = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    asked.set(path, (asked.get(path) ?? 0) + 1)
    if (isAway && ['/token', '/me'].includes(path)) request.socket.destroy()
    else {
      if (path === '/token') collect(response, tokens)
      answer(request, response)
    }
  })
  const { issuer, stop } = await serveIssuer(http)
  atEnd(stop)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const kid = 'signs-people-in'
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }
  answer = new Provider(issuer, configurationOf(apiUrl, wayOf(issuer), jwk, known)).callback()
  return {
    issuer,
    people: known,
    asked,
    tokens,
    visit: (browser, url, person) => visit(browser, url, person, apiUrl),
    setAway: (away) => (isAway = away),
    forget: (person) => known.delete(person),
    logoutToken: (claims, typ = 'logout+jwt') => {
      const now = Math.floor(Date.now() / 1000)
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
      const right = {
        iss: issuer,
        aud: CLIENT_ID,
        iat: now,
        exp: now + 120,
        jti: crypto.randomUUID(),
        events,
      }
      return new SignJWT({ ...right, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ })
        .sign(privateKey)
    },
    stop,
  }
}

/** Reads the tokens of an answer that a response is sent. */
function collect(response: ServerResponse, tokens: string[]): void {
  const end = response.end.bind(response) as (...all: unknown[]) => ServerResponse
  response.end = ((body: unknown, ...rest: never[]) => {
    const given: unknown = JSON.parse(String(body))
    tokens.push(
      ...Object.entries(given as object)
        .filter(([name]) => name.endsWith('_token'))
        .map(([, token]) => String(token)),
    )
    return end(body, ...rest)
  }) as typeof response.end
}

export const SESSION_KEY = 'a session key of thirty-two characters and more'.replaceAll(' ', '-')

/** Secrets come from files, as secret mounts have them. */
function secretFiles(count: number): string {
  const file = join(inject('runFolder'), 'client-secret')
  writeFileSync(file, `${CLIENT_SECRET}\n`)
  return Array.from({ length: count }, () => file).join()
}

/** What an API at a URL needs to have people sign in at several issuers. */
export const settingsFor = (issuers: string[], apiUrl: string): Record<string, string> => ({
  OIDC_ISSUERS: issuers.join(),
  OIDC_AUDIENCE: AUDIENCE,
  OIDC_CLIENT_ID: issuers.map(() => CLIENT_ID).join(),
  OIDC_CLIENT_SECRET_FILE: secretFiles(issuers.length),
  OIDC_SCOPES: 'openid profile groups',
  ROLE_GROUPS: JSON.stringify({ viewer: ['staff'], analyst: ['fraud'], operator: ['oncall'] }),
  PSEUDONYM_KEY: 'a key of thirty-two characters and more',
  SESSION_KEY,
  API_PUBLIC_URL: apiUrl,
  API_PORT: new URL(apiUrl).port,
})

function configurationOf(apiUrl: string, way: string, jwk: object, people: Map<string, string[]>) {
  return {
    clients: [
      {
        ...{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, id_token_signed_response_alg: 'ES256' },
        ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
        redirect_uris: [`${apiUrl}/sign-in/callback/${way}`],
        post_logout_redirect_uris: [`${apiUrl}/sign-in`],
        backchannel_logout_uri: `${apiUrl}/sign-in/back-channel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [jwk] },
    // Its own would not reach clients on loopback.
    fetch: (url: string, { method, headers, body }: RequestInit) =>
      fetch(url, { method, headers, body } as RequestInit),
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    claims: { openid: ['sub', 'sid'], profile: ['preferred_username'], groups: ['groups'] },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      IdToken: 600,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 600,
    },
    findAccount: (_: unknown, id: string) => {
      const groups = people.get(id)
      return groups === undefined
        ? undefined
        : { accountId: id, claims: () => ({ sub: id, preferred_username: `${id}@example.com`, groups }) }
    },
  }
}

/** Each page of the provider is a form or a redirect. */
async function visit(browser: JarBrowser, url: string, person: string, apiUrl: string): Promise<string> {
  let next = url
  for (let step = 0; step < 12; step++) {
    if (next.startsWith(apiUrl)) return next
    const response = await browser.get(next)
    if (response.status < 400 && response.headers.has('location')) next = locationOf(response)
    else {
      const page = await response.text()
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
      const action = /action="([^"]+)"/.exec(page)?.[1]
      if (prompt === undefined || action === undefined)
        throw new Error(`${next} answers ${response.status}: ${page.slice(0, 400)}`)
      const fields = prompt === 'login' ? { prompt, login: person, password: 'any' } : { prompt }
      next = locationOf(await browser.post(new URL(action, next).href, fields))
    }
  }
  throw new Error(`the provider leads nowhere from ${url}`)
}
