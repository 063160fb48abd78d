import type { JWTPayload } from 'jose'

/** What the header `typ` of an access token may say where none is configured: nothing, or no more than that it is a JWT. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt']
/** Kinds that Keycloak writes into the claim `typ`. */
const KINDS_OF_KEYCLOAK: readonly unknown[] = ['ID', 'Refresh', 'Offline', 'Logout']

export const OTHER_KIND = 'the token is of another kind: send an access token'

/**
 * Whether a header may be one of an access token. Tokens of other kinds are signed by the same keys, for the same audiences
 * (https://datatracker.ietf.org/doc/html/rfc8725#section-2.8).
 */
export function isAccessTokenType(header: object): boolean {
  const typ: unknown = 'typ' in header ? header.typ : undefined
  return TYPES.includes(typeof typ === 'string' ? typ.toLowerCase() : typ)
}

/**
 * What says that verified claims are not of an access token that whoever holds it may use; null: nothing. ID tokens have hashes of
 * what came with them, logout tokens an event. A token that is bound to a key (RFC 9449, RFC 8705) is worth nothing to a thief, and
 * stays so.
 */
export function otherKind(claims: JWTPayload): string | null {
  if ('cnf' in claims)
    return 'the token is bound to a key of its holder (cnf), whose proof this API does not take: get one that is not bound'
  const isOther =
    ['events', 'at_hash', 'c_hash'].some((name) => name in claims) ||
    claims['token_use'] === 'id' ||
    KINDS_OF_KEYCLOAK.includes(claims['typ'])
  return isOther ? OTHER_KIND : null
}
