import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { subjectOf } from '../../name-of.ts'
import { LEEWAY_S } from '../../verify-token.ts'

/** A token that is older than this is not taken: the memory of those that were used ends. */
export const LOGOUT_TOKEN_MS = 10 * 60_000
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/** Header types of logout tokens; providers from before the final specification set JWT or none. */
const TYPES = ['logout+jwt', 'jwt']

export type LogoutRules = {
  /** Finds the keys of each issuer. */
  keys: ReadonlyMap<string, JWTVerifyGetKey>
  /** The client that the API is at each issuer. */
  clients: ReadonlyMap<string, string>
  algorithms: readonly string[]
}

/** Whose sessions an issuer ends: one by its own name for it, or all of a subject. */
export type LogoutNotice = {
  issuer: string
  subject: string | null
  providerSession: string | null
  /** SHA-256 of the token's id: a token is used once. */
  hash: Buffer
}

/** A logout token is not what it should be. The message has nothing of it. */
export class LogoutTokenRefused extends Error {
  override name = 'LogoutTokenRefused'
}

/**
 * Verifies a logout token.
 * https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
 * @param nowMs Unix milliseconds
 * @throws {LogoutTokenRefused} it is not one of these issuers to this client
 * @throws {RefusedIdentity} the keys of the issuer are not known
 */
export async function verifyLogoutToken(
  token: string,
  { keys, clients, algorithms }: LogoutRules,
  nowMs: number,
): Promise<LogoutNotice> {
  const issuer = issuerOf(token)
  const [find, audience] = [keys.get(issuer), clients.get(issuer)]
  if (find === undefined || audience === undefined)
    throw refused('it is of an issuer that signs nobody in here')
  const { payload, protectedHeader } = await verified(token, find, { issuer, audience, algorithms }, nowMs)
  const { sub, sid, jti, iat, events, nonce } = payload
  if (!TYPES.includes((protectedHeader.typ ?? 'JWT').toLowerCase())) throw refused('its type is another one')
  if (typeof events !== 'object' || events === null || !(EVENT in events))
    throw refused('it is no logout token: it has no event of a logout')
  // Else an ID token could be taken for one.
  if (nonce !== undefined) throw refused('it has a nonce, which logout tokens must not have')
  if (typeof jti !== 'string' || jti === '') throw refused('it has no jti')
  const ageMs = nowMs - (iat ?? 0) * 1000
  if (ageMs > LOGOUT_TOKEN_MS || ageMs < -LEEWAY_S * 1000) throw refused('it is too old, or of the future')
  const subject = typeof sub === 'string' && sub !== '' ? subjectOf(sub) : null
  const providerSession = typeof sid === 'string' && sid !== '' ? sid : null
  if (subject === null && providerSession === null) throw refused('it names neither sub nor sid')
  const hash = createHash('sha256')
    .update(JSON.stringify(['logout', issuer, jti]))
    .digest()
  return { issuer, subject, providerSession, hash }
}

type Expected = { issuer: string; audience: string; algorithms: readonly string[] }

async function verified(token: string, find: JWTVerifyGetKey, expected: Expected, nowMs: number) {
  try {
    return await jwtVerify(token, find, {
      ...{ ...expected, algorithms: [...expected.algorithms], clockTolerance: LEEWAY_S },
      ...{ currentDate: new Date(nowMs), requiredClaims: ['iat', 'jti'] },
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J'))
      throw refused('its signature, issuer, audience or time is wrong')
    throw error
  }
}

function issuerOf(token: string): string {
  try {
    decodeProtectedHeader(token)
    return decodeJwt(token).iss ?? ''
  } catch {
    throw refused('it is no JWT')
  }
}

const refused = (why: string) => new LogoutTokenRefused(`the logout token is refused: ${why}`)
