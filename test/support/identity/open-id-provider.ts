import { createServer, type RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { onTestFinished } from 'vitest'
import { serveIssuer } from './loopback-issuer.ts'

export const AUDIENCE = 'https://rollcall.example'
const SECRET = 'the-secret-of-a-program-in-a-test'

export type OpenIdProvider = {
  /** What an API needs to take its tokens. */
  settings: Record<string, string>
  issuer: string
  /** An access token of a program that is in groups, by the grant client_credentials. */
  token: (...groups: string[]) => Promise<string>
  /** Signs with new keys from now on. */
  rotate: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * A certified OpenID provider on loopback. Its programs are called as their groups are, such as viewer.oncall.
 * @param lifetimeS how long its tokens are good for
 */
export async function startOpenIdProvider(programs: string[][], lifetimeS = 3_600): Promise<OpenIdProvider> {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end()
  const http = createServer((request, response) => {
    answer(request, response)
  })
  const { issuer, stop } = await serveIssuer(http)
  onTestFinished(stop)
  const rotate = async () => {
    answer = new Provider(issuer, await configurationOf(programs, lifetimeS)).callback()
  }
  await rotate()
  return {
    settings: {
      OIDC_ISSUERS: issuer,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_TOKEN_TYPE: 'at+jwt',
      ROLE_GROUPS: JSON.stringify(
        Object.fromEntries(
          ['viewer', 'analyst', 'operator', 'admin', 'auditor'].map((role) => [role, [role]]),
        ),
      ),
      PSEUDONYM_KEY: 'a key of thirty-two characters and more',
    },
    issuer,
    rotate,
    stop,
    token: (...groups) => fetchToken(issuer, groups.join('.')),
  }
}

async function configurationOf(programs: string[][], lifetimeS: number) {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const kid = String(Math.random())
  return {
    clients: programs.map((groups) => ({
      ...{ client_id: groups.join('.'), client_secret: SECRET, grant_types: ['client_credentials'] },
      ...{ redirect_uris: [], response_types: [] },
      id_token_signed_response_alg: 'ES256',
    })),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          ...{ scope: 'api', audience: AUDIENCE, accessTokenFormat: 'jwt', accessTokenTTL: lifetimeS },
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { ClientCredentials: lifetimeS },
    extraTokenClaims: (_: unknown, { clientId }: { clientId: string }) => ({ groups: clientId.split('.') }),
  }
}

async function fetchToken(issuer: string, program: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${program}:${SECRET}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`the provider gave ${program} no token`)
  return token
}
