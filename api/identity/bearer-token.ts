import { unauthenticated } from '../context/refused-identity.ts'

/** Tokens with hundreds of groups have some kilobytes; Node takes 16 KiB of headers. */
export const MAX_TOKEN_BYTES = 8 * 1024

/**
 * The token of the header Authorization.
 * https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
 * @throws {RefusedIdentity} there is none
 */
export function bearerToken(headers: Headers): string {
  const header = headers.get('authorization')
  if (header === null)
    throw unauthenticated('say who you are: send the header Authorization: Bearer, with an access token')
  const [, token] = /^bearer +([\w.~+/-]+=*) *$/i.exec(header) ?? []
  if (token === undefined)
    throw unauthenticated('the header Authorization must be Bearer, a space and an access token')
  if (token.length > MAX_TOKEN_BYTES)
    throw unauthenticated(
      `the token has more than the cap of ${MAX_TOKEN_BYTES} bytes: have your identity provider put fewer groups into it`,
    )
  return token
}
