import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose'
import { unauthenticated } from '../context/refused-identity.ts'
import { isSubject, MAX_SUBJECT_CHARACTERS } from './name-of.ts'
import { isAccessTokenType, OTHER_KIND, otherKind } from './token-kind.ts'

/** How far the clocks of the provider and of this machine may be apart. */
export const LEEWAY_S = 30
/** Headers with which a token would bring, or name, the key that it is to be verified with. */
const OWN_KEYS = ['jku', 'jwk', 'x5u', 'x5c']

export type TokenRules = {
  /** Finds the keys of each issuer whose tokens are taken. */
  keys: ReadonlyMap<string, JWTVerifyGetKey>
  audience: string
  algorithms: readonly string[]
  /** The header `typ` that tokens must have; null: any. */
  tokenType: string | null
}

/** A claim of an access token that is verified: by whom, about whom, until when in Unix seconds. */
export type VerifiedClaims = JWTPayload & { iss: string; sub: string; exp: number }

/**
 * Verifies an access token. Which algorithms are right is configured, and never taken from the token.
 * https://datatracker.ietf.org/doc/html/rfc9068#section-4 https://datatracker.ietf.org/doc/html/rfc8725#section-3
 * @param nowMs Unix milliseconds
 * @throws {RefusedIdentity} says what is wrong with it
 */
export async function verifyToken(
  token: string,
  { keys, audience, algorithms, tokenType }: TokenRules,
  nowMs: number,
): Promise<VerifiedClaims> {
  const { header, issuer } = unverified(token)
  if (tokenType === null && !isAccessTokenType(header)) throw unauthenticated(OTHER_KIND)
  const own = OWN_KEYS.find((name) => name in header)
  if (own !== undefined)
    throw unauthenticated(`the token has the header ${own}: keys are taken from the identity provider only`)
  const find = keys.get(issuer)
  if (find === undefined)
    throw unauthenticated('the token is of an issuer that OIDC_ISSUERS does not have: sign in elsewhere')
  try {
    const { payload } = await jwtVerify(token, find, {
      ...{ issuer, audience, algorithms: [...algorithms], clockTolerance: LEEWAY_S },
      ...{ currentDate: new Date(nowMs), requiredClaims: ['exp', 'sub'] },
      ...(tokenType !== null && { typ: tokenType }),
    })
    if (!isSubject(payload.sub))
      throw unauthenticated(
        `the token has no subject that is text of ${MAX_SUBJECT_CHARACTERS} characters at most`,
      )
    const problem = otherKind(payload)
    if (problem !== null) throw unauthenticated(problem)
    return payload as VerifiedClaims
  } catch (error) {
    throw refusalOf(error, { audience, algorithms, tokenType })
  }
}

/** What a token says of itself, before anything of it is believed. */
function unverified(token: string): { header: object; issuer: string } {
  try {
    const { iss = '' } = decodeJwt(token)
    return { header: decodeProtectedHeader(token), issuer: iss }
  } catch {
    throw unauthenticated('the token is no JWT: send the access token of your identity provider')
  }
}

type Wanted = Pick<TokenRules, 'audience' | 'algorithms' | 'tokenType'>

function refusalOf(error: unknown, wanted: Wanted): unknown {
  if (error instanceof errors.JWTExpired) return unauthenticated('the token has expired: get a new one')
  if (error instanceof errors.JWTClaimValidationFailed) return unauthenticated(claimProblem(error, wanted))
  if (error instanceof errors.JOSEAlgNotAllowed)
    return unauthenticated(`the token is not signed by one of ${wanted.algorithms.join(', ')}`)
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return unauthenticated('the signature of the token is wrong')
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return unauthenticated('the identity provider has no key for this token: get a new one')
  // jose throws a TypeError for a key that is of another kind than the algorithm, or too short for it.
  return error instanceof errors.JOSEError || error instanceof TypeError
    ? unauthenticated('the token is no signed JWT that this API can verify')
    : error
}

function claimProblem({ claim, reason }: errors.JWTClaimValidationFailed, wanted: Wanted): string {
  if (reason === 'missing') return `the token lacks ${claim}: an access token must have exp and sub`
  if (claim === 'aud')
    return `the token is for another audience than ${wanted.audience}: ask for one for this API`
  if (claim === 'typ')
    return `the token is not of the type ${wanted.tokenType}: send an access token, not an ID token`
  if (claim === 'nbf') return 'the token is not valid yet'
  return `the claim ${claim} of the token is unusable`
}
