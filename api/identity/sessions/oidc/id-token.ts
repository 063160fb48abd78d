import { decodeProtectedHeader, jwtVerify } from 'jose'
import type { OidcClient } from '../../../../config/sign-in.ts'
import { discoverKeys } from '../../discover-keys.ts'
import type { ProviderFetch } from '../../provider-fetch.ts'
import { createProviderKeys } from '../../provider-keys.ts'
import { LEEWAY_S } from '../../verify-token.ts'
import { SignInRefused } from '../sign-in-way.ts'

type Options = {
  algorithms: readonly string[]
  /** Asks the provider. */
  fetch: ProviderFetch
  /** Unix milliseconds. */
  clock: () => number
}

/**
 * Makes what verifies the signature of ID tokens, besides the connection by which they came. A key that is not known yet is
 * looked for at once, unlike one of an access token, which anyone could have made up: providers sign with a new key from the
 * moment that it exists.
 * @throws {SignInRefused} of the result: another algorithm than those
 * @throws {errors.JOSEError} of the result: the signature, or what it is for, is wrong
 * @throws {RefusedIdentity} of the result: the keys cannot be read
 */
export function createIdTokenCheck(
  { issuer, id }: OidcClient,
  { algorithms, fetch, clock }: Options,
): (token: string | undefined) => Promise<void> {
  const keys = createProviderKeys(() => discoverKeys(fetch, issuer), clock, 0)
  return async (token) => {
    if (token === undefined) return
    const { alg } = decodeProtectedHeader(token)
    if (alg === undefined || !algorithms.includes(alg))
      throw new SignInRefused(`${issuer} signs ID tokens with ${alg}, which OIDC_ALGORITHMS does not have`)
    await jwtVerify(token, keys.find, {
      ...{ issuer, audience: id, algorithms: [...algorithms] },
      ...{ clockTolerance: LEEWAY_S, currentDate: new Date(clock()) },
    })
  }
}
