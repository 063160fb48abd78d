import { expect, it } from 'vitest'
import { providerTls } from '../../../../config/wires.ts'
import { Secret } from '../../../../config/secret.ts'
import { claims, createKey, NOW_MS, sign, startProvider } from '../../provider-fixture.ts'
import { createProviderFetch } from '../../provider-fetch.ts'
import { SignInRefused } from '../sign-in-way.ts'
import { createIdTokenCheck } from './id-token.ts'

const CLIENT = 'rollcall'

async function setUp() {
  const key = await createKey('first')
  const provider = await startProvider([key.jwk])
  const { issuer } = provider
  const check = createIdTokenCheck(
    { issuer, way: 'way', id: CLIENT, secret: new Secret('OIDC_CLIENT_SECRET', { value: 'x' }), scopes: '' },
    { algorithms: ['ES256'], fetch: createProviderFetch(providerTls(undefined)), clock: () => NOW_MS },
  )
  return { key, provider, check, token: (by: typeof key) => sign(by, claims(issuer, { aud: CLIENT })) }
}

it('an ID token of a key that the provider has had for a moment is taken at once, however often keys change', async () => {
  const { key, provider, check, token } = await setUp()
  await check(await token(key))
  for (const kid of ['second', 'third']) {
    const next = await createKey(kid)
    provider.keys = [key.jwk, next.jwk]
    await check(await token(next))
  }
  await check(await token(key))
  expect(provider.reads).toBe(3)
})

it('an ID token is refused that the provider did not sign, or not so', async () => {
  const { key, check, token } = await setUp()
  const forged = await createKey(key.kid)
  await expect(check(await token(forged))).rejects.toMatchObject({
    code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  })
  await expect(check(await token(await createKey('unknown')))).rejects.toMatchObject({
    code: 'ERR_JWKS_NO_MATCHING_KEY',
  })
  const other = await createKey('other', 'RS256')
  await expect(check(await token(other))).rejects.toThrow(SignInRefused)
})
