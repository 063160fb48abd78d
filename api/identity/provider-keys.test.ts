import { expect, it } from 'vitest'
import { claims, createKey, NOW_MS, setUp, sign } from './provider-fixture.ts'
import { KEPT_MS } from './provider-keys.ts'

const later = NOW_MS / 1000 + 100 * 3_600
const noKey = { code: 'UNAUTHENTICATED', message: expect.stringContaining('no key') as string }

it('keys are read once for all tokens, also for those that come at once', async () => {
  const { identify, token, provider } = await setUp()
  await Promise.all(Array.from({ length: 20 }, async (_, i) => identify(await token({ sub: `u-${i}` }))))
  expect(provider.reads).toBe(1)
})

it('a token of a new key is taken as soon as the provider has it', async () => {
  const { identify, token, provider, pass } = await setUp()
  await identify(await token())
  const second = await createKey('second')
  provider.keys = [second.jwk]
  pass(30_000)
  expect(await identify(await sign(second, claims(provider.issuer)))).toMatchObject({ name: 'ann' })
})

it('tokens of keys that there are not make the API ask the provider twice a minute at most', async () => {
  const { identify, token, provider, pass } = await setUp()
  await identify(await token())
  const unknown = await createKey('unknown')
  for (let second = 0; second < 120; second++) {
    pass(1_000)
    const bad = sign(unknown, claims(provider.issuer, { jti: String(second) }))
    await expect(identify(await bad)).rejects.toMatchObject(noKey)
  }
  expect(provider.reads).toBe(5)
})

it('while the provider is away, tokens of known keys are taken for a day, and no others', async () => {
  const { identify, token, provider, pass } = await setUp()
  await identify(await token({ exp: later }))
  provider.isAway = true
  pass(KEPT_MS)
  await identify(await token({ exp: later, jti: 'a day after' }))
  const unknown = await createKey('unknown')
  // Strangers learn neither where it is nor why it is away.
  const away = {
    code: 'IDENTITY_UNAVAILABLE',
    message: expect.not.stringMatching(/127\.0\.0\.1|closed|ECONN/) as string,
  }
  await expect(identify(await sign(unknown, claims(provider.issuer, { exp: later })))).rejects.toMatchObject(
    away,
  )
  pass(1)
  await expect(identify(await token({ exp: later, jti: 'later' }))).rejects.toMatchObject(away)
  provider.isAway = false
  pass(5_000)
  await identify(await token({ exp: later, jti: 'back' }))
})

it('a provider that is away from the start is asked again after seconds, and the check says so', async () => {
  const { identify, oidc, token, provider, pass } = await setUp()
  provider.isAway = true
  const good = await token()
  await expect(identify(good)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' })
  await expect(oidc.check()).rejects.toThrow('does not answer')
  expect(provider.asked).toHaveLength(1)
  provider.isAway = false
  pass(5_000)
  await identify(good)
  await oidc.check()
})

it('a provider that names another issuer is refused with what to set', async () => {
  const { identify, oidc, token, provider } = await setUp()
  const good = await token()
  provider.issuer = 'https://another.example'
  await expect(identify(good)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' })
  await expect(oidc.check()).rejects.toThrow(/names the issuer "https:\/\/another.example": set OIDC_ISSUERS/)
})

it('a shared secret among the keys verifies nothing', async () => {
  const { identify, token, provider } = await setUp()
  provider.keys = [{ kty: 'oct', kid: 'first', k: 'AAAA', alg: 'HS256' }]
  await expect(identify(await token())).rejects.toMatchObject(noKey)
})
