import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { HOST } from '../../../stack/processes/ports.ts'
import type { Leaf } from '../../../stack/parts/certificates.ts'

/** A token endpoint of OAuth 2.0 for one client, which signs JSON Web Tokens. */
export type TokenIssuer = {
  url: string
  issuer: string
  audience: string
  publicKey: object
  client: { id: string; secret: string }
  /** How many tokens it has given. */
  given: () => number
  close: () => void
}

const KEY_ID = 'test'
const SECONDS = 3_600

/** @param client the scope `wrong-audience` gets it a token that is for somebody else */
export async function startTokenIssuer(leaf: Leaf, client: TokenIssuer['client']): Promise<TokenIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [issuer, audience] = ['https://issuer.test', 'kafka.test']
  let given = 0
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const tokenFor = (scope: string | null) => {
    const now = Math.floor(Date.now() / 1_000)
    const aud = scope === 'wrong-audience' ? 'another.test' : audience
    const head = encode({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
    const body = encode({ iss: issuer, aud, sub: client.id, scope: 'kafka', iat: now, exp: now + SECONDS })
    return `${head}.${body}.${sign('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url')}`
  }
  const files = { cert: readFileSync(leaf.cert), key: readFileSync(leaf.key) }
  const server = createServer(files, (request, response) => {
    let form = ''
    request.on('data', (chunk: Buffer) => (form += chunk.toString()))
    request.on('end', () => {
      const wanted = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
      const isKnown = request.headers.authorization === wanted
      if (isKnown) given += 1
      const answer = isKnown
        ? {
            access_token: tokenFor(new URLSearchParams(form).get('scope')),
            token_type: 'Bearer',
            expires_in: SECONDS,
          }
        : {
            error: 'invalid_client',
            error_description: `no client with ${request.headers.authorization ?? ''}`,
          }
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, HOST, () => {
    resolve(undefined)
  })
  await promise
  return {
    url: `https://${HOST}:${(server.address() as AddressInfo).port}/token`,
    issuer,
    audience,
    publicKey: { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' },
    client,
    given: () => given,
    close: () => server.close(),
  }
}
