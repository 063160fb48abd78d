import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import { providerTls } from '../../config/wires.ts'
import { createOidc, type OidcConfig } from './oidc.ts'

export const AUDIENCE = 'https://rollcall.example'
export const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const NOW_S = NOW_MS / 1000

type Key = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK }

export async function createKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** A provider on loopback with its metadata and keys, which counts how often its keys are read. */
export async function startProvider(keys: JWK[]) {
  const state = { keys, isAway: false, reads: 0, issuer: '', asked: [] as string[] }
  const http = createServer((request, response) => {
    state.asked.push(request.url ?? '')
    if (state.isAway) {
      request.socket.destroy()
      return
    }
    response.setHeader('content-type', 'application/json')
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: state.issuer, jwks_uri: `${state.issuer}/keys` }))
      return
    }
    state.reads++
    response.end(JSON.stringify({ keys: state.keys }))
  })
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const address = http.address()
  state.issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return state
}

export type Provider = Awaited<ReturnType<typeof startProvider>>

/** An undefined one is left out. */
type Claims = Record<string, unknown>

/** What tokens are made of, unless a test says otherwise. */
export const claims = (issuer: string, more: Claims = {}): Claims => ({
  ...{ iss: issuer, sub: 'u-1', aud: AUDIENCE, iat: NOW_S, exp: NOW_S + 600 },
  ...{ preferred_username: 'ann', groups: ['staff'], ...more },
})

export const sign = (key: Key, payload: Claims, header: Claims = {}) =>
  new SignJWT(payload)
    .setProtectedHeader({
      alg: key.jwk.alg ?? '',
      kid: key.kid,
      typ: 'at+jwt',
      ...header,
    })
    .sign(key.privateKey)

/** A provider with one key, and an API that takes its tokens. */
export async function setUp(more: Partial<OidcConfig> = {}) {
  const key = await createKey('first')
  const provider = await startProvider([key.jwk])
  let nowMs = NOW_MS
  const oidc = createOidc(
    {
      ...{
        issuers: [provider.issuer],
        audience: AUDIENCE,
        algorithms: ['RS256', 'ES256'],
        tokenType: 'at+jwt',
      },
      ...{
        tls: providerTls(undefined),
        groupsClaim: 'groups',
        roleGroups: { viewer: ['staff'], operator: ['oncall'] },
        ...more,
      },
    },
    () => nowMs,
  )
  const identify = (token: string) =>
    oidc.identify(new Headers({ authorization: `Bearer ${token}` }), '192.0.2.1')
  const pass = (ms: number) => {
    nowMs += ms
  }
  return {
    key,
    provider,
    oidc,
    identify,
    pass,
    token: (more: Claims = {}) => sign(key, claims(provider.issuer, more)),
  }
}
