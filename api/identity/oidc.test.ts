import { createSign, generateKeyPairSync } from 'node:crypto'
import { exportJWK, exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { MAX_TOKEN_BYTES } from './bearer-token.ts'
import { AUDIENCE, claims, createKey, NOW_MS, setUp, sign, startProvider } from './provider-fixture.ts'

const NOW_S = NOW_MS / 1000
const unauthenticated = (message: RegExp) => ({
  code: 'UNAUTHENTICATED',
  message: expect.stringMatching(message) as string,
})

it('a token of the provider is somebody with the roles of their groups', async () => {
  const { identify, token, provider } = await setUp()
  expect(await identify(await token({ groups: ['staff', 'oncall', 'others'] }))).toEqual({
    ...{ issuer: provider.issuer, subject: 'u-1', name: 'ann', roles: ['viewer', 'operator'] },
    validUntilMs: NOW_MS + 630_000,
  })
})

it('a program without a name is called by its client id', async () => {
  const { identify, token } = await setUp()
  const program = { preferred_username: undefined, client_id: 'nightly' }
  expect(await identify(await token(program))).toMatchObject({ subject: 'u-1', name: 'nightly' })
})

it('several issuers are taken, each with its own keys only', async () => {
  const [one, other] = [await createKey('same'), await createKey('same')]
  const providers = [await startProvider([one.jwk]), await startProvider([other.jwk])] as const
  const issuers = providers.map(({ issuer }) => issuer)
  const { identify } = await setUp({ issuers })
  expect(await identify(await sign(one, claims(providers[0].issuer)))).toMatchObject({ issuer: issuers[0] })
  expect(await identify(await sign(other, claims(providers[1].issuer)))).toMatchObject({ issuer: issuers[1] })
  await expect(identify(await sign(one, claims(providers[1].issuer)))).rejects.toMatchObject(
    unauthenticated(/signature/),
  )
})

describe('the groups', () => {
  it.each([
    ['a list', 'groups', { groups: ['a', 'staff'] }],
    ['one text', 'groups', { groups: 'staff' }],
    ['a claim whose name has dots', 'https://x.example/groups', { 'https://x.example/groups': ['staff'] }],
    ['a claim inside of another', 'realm_access.roles', { realm_access: { roles: ['staff'] } }],
  ])('are read from %s', async (_, groupsClaim, more) => {
    const { identify, token } = await setUp({ groupsClaim })
    expect(await identify(await token({ groups: undefined, ...more }))).toMatchObject({ roles: ['viewer'] })
  })

  it.each([
    ['no group', { groups: [] }],
    ['no claim', { groups: undefined }],
    ['other groups only', { groups: ['staff2', 'STAFF'] }],
    ['the name of a role', { groups: ['viewer', 'admin'] }],
    ['groups that are no texts', { groups: [['staff'], { staff: true }] }],
    ['several groups in one text', { groups: 'others staff' }],
  ])('give no role, and a refusal, to %s', async (_, more) => {
    const { identify, token } = await setUp()
    await expect(identify(await token(more))).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('ROLE_GROUPS') as string,
    })
  })

  it('are not found in what every object has', async () => {
    const { identify, token } = await setUp({
      groupsClaim: 'constructor.name',
      roleGroups: { admin: ['Object'] },
    })
    await expect(identify(await token())).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

it.each(['JWT', 'at+jwt', 'application/at+jwt', undefined])(
  'without a type in the settings one of the type %s is taken',
  async (typ) => {
    const { identify, key, provider } = await setUp({ tokenType: null })
    expect(await identify(await sign(key, claims(provider.issuer), { typ }))).toMatchObject({ name: 'ann' })
  },
)

describe('refused is a token', () => {
  it.each([
    ['of another issuer', { iss: 'https://other.example' }, /issuer/],
    ['of an issuer that begins alike', { iss: undefined }, /issuer/],
    ['for another audience', { aud: 'https://other.example' }, /audience/],
    ['for no audience', { aud: undefined }, /lacks aud/],
    ['that has expired', { exp: NOW_S - 31 }, /expired/],
    ['that is not valid yet', { nbf: NOW_S + 31 }, /not valid yet/],
    ['without an expiry', { exp: undefined }, /lacks exp/],
    ['whose expiry is no number', { exp: '9999999999' as never }, /exp/],
    ['without a subject', { sub: undefined }, /lacks sub/],
    ['whose subject is no text', { sub: 7 as never }, /subject/],
    ['whose subject would be cut', { sub: 'u'.repeat(256) }, /subject/],
    ['whose subject is not seen as it is', { sub: 'u-1\u200b' }, /subject/],
    ['that tells of a sign-out', { events: {} }, /another kind/],
    ['that came with an ID token', { at_hash: 'x' }, /another kind/],
    ['that Cognito gave as an ID token', { token_use: 'id' }, /another kind/],
    ['that Keycloak gave to get others by', { typ: 'Refresh' }, /another kind/],
    ['that is bound to a key', { cnf: { jkt: 'x' } }, /bound to a key/],
  ])('%s', async (_, more, message) => {
    const { identify, token } = await setUp()
    await expect(identify(await token(more))).rejects.toMatchObject(unauthenticated(message))
  })

  it.each(['JWT', undefined, 'id+jwt', 'dpop+jwt'])('of the type %s', async (typ) => {
    const { identify, key, provider } = await setUp()
    const token = await sign(key, claims(provider.issuer), { typ })
    await expect(identify(token)).rejects.toMatchObject(unauthenticated(/at\+jwt|typ/))
  })

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'id+jwt', 7])(
    'of the type %s where any access token is taken',
    async (typ) => {
      const { identify, key, provider } = await setUp({ tokenType: null })
      const token = await sign(key, claims(provider.issuer), { typ })
      await expect(identify(token)).rejects.toMatchObject(unauthenticated(/another kind/))
    },
  )

  it('of a key that is too short', async () => {
    const { identify, provider } = await setUp()
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    provider.keys.push({ ...(await exportJWK(publicKey)), kid: 'short' })
    const parts = [{ alg: 'RS256', kid: 'short', typ: 'at+jwt' }, claims(provider.issuer)]
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = createSign('sha256').update(text).sign(privateKey, 'base64url')
    await expect(identify(`${text}.${signature}`)).rejects.toMatchObject(unauthenticated(/verify/))
  })

  it('of algorithm none', async () => {
    const { identify, provider } = await setUp()
    await expect(identify(new UnsecuredJWT(claims(provider.issuer)).encode())).rejects.toMatchObject(
      unauthenticated(/Bearer|signed by/),
    )
    const [header, payload] = [{ alg: 'none', typ: 'at+jwt' }, claims(provider.issuer)].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    await expect(identify(`${header}.${payload}.AAAA`)).rejects.toMatchObject(unauthenticated(/signed by/))
  })

  it('of HS256 with the public key as the secret', async () => {
    const { identify, provider } = await setUp()
    const key = await createKey('public', 'RS256')
    provider.keys.push(key.jwk)
    for (const secret of [await exportSPKI(key.publicKey), JSON.stringify(key.jwk)]) {
      const token = new SignJWT(claims(provider.issuer)).setProtectedHeader({
        alg: 'HS256',
        kid: key.kid,
        typ: 'at+jwt',
      })
      await expect(identify(await token.sign(Buffer.from(secret)))).rejects.toMatchObject(
        unauthenticated(/not signed by one of RS256/),
      )
    }
  })

  it('of an algorithm that the provider has a key for and the settings do not name', async () => {
    const odd = await createKey('odd', 'PS256')
    const { identify, provider } = await setUp()
    provider.keys.push(odd.jwk)
    await expect(identify(await sign(odd, claims(provider.issuer)))).rejects.toMatchObject(
      unauthenticated(/not signed by/),
    )
  })

  it.each(['jku', 'x5u', 'jwk', 'x5c'])(
    'that brings its key by the header %s, which nobody asks for',
    async (name) => {
      const own = await createKey('own')
      const theirs = await startProvider([own.jwk])
      const { identify, provider } = await setUp()
      const url = `${theirs.issuer}/keys`
      const value = { jku: url, x5u: url, jwk: own.jwk, x5c: ['AAAA'] }[name]
      const token = await sign(own, claims(provider.issuer), { kid: 'own', [name]: value })
      await expect(identify(token)).rejects.toMatchObject(unauthenticated(new RegExp(`header ${name}`)))
      expect(theirs.asked).toEqual([])
    },
  )

  it('that is changed', async () => {
    const { identify, token } = await setUp()
    const [header, , signature] = (await token()).split('.')
    const payload = Buffer.from(JSON.stringify(claims('x', { groups: ['oncall'] }))).toString('base64url')
    await expect(identify(`${header}.${payload}.${signature}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    const good = await token()
    const last = good.at(-2) === 'A' ? 'B' : 'A'
    await expect(identify(good.slice(0, -2) + last + good.slice(-1))).rejects.toMatchObject(
      unauthenticated(/signature/),
    )
  })

  it('that is oversized, before anything of it is read', async () => {
    const { identify, token, provider } = await setUp()
    const long = await token({ groups: ['staff', 'x'.repeat(MAX_TOKEN_BYTES)] })
    await expect(identify(long)).rejects.toMatchObject(unauthenticated(/cap of 8192 bytes/))
    expect(provider.asked).toEqual([])
  })

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['no token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: 'Bearer a.b.c d.e.f' }],
    ['no JWT', { authorization: 'Bearer abc' }],
    ['an encrypted JWT', { authorization: 'Bearer eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA' }],
    ['JSON that is no object', { authorization: 'Bearer bnVsbA.bnVsbA.AAAA' }],
  ])('where there is %s', async (_, headers) => {
    const { oidc } = await setUp()
    await expect(
      oidc.identify(new Headers(headers as Record<string, string>), '192.0.2.1'),
    ).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })
})

describe('the leeway', () => {
  it('takes a token of clocks that are half a minute apart', async () => {
    const { identify, token } = await setUp()
    await identify(await token({ exp: NOW_S - 29 }))
    await identify(await token({ nbf: NOW_S + 29 }))
  })
})

describe('a token that is remembered', () => {
  it('is no longer taken once it has expired', async () => {
    const { identify, token, pass } = await setUp()
    const short = await token({ exp: NOW_S + 60 })
    await identify(short)
    pass(89_000)
    await identify(short)
    pass(1_000)
    await expect(identify(short)).rejects.toMatchObject(unauthenticated(/expired/))
  })

  it('is verified anew after five minutes, so that one of a withdrawn key ends', async () => {
    const { identify, token, pass, provider } = await setUp()
    const good = await token({ exp: NOW_S + 36_000 })
    await identify(good)
    provider.keys = [(await createKey('second')).jwk]
    pass(11 * 60_000)
    await identify(good)
    await expect.poll(() => provider.reads).toBe(2)
    // The keys that were read are known a moment later.
    const refusal = () => {
      pass(6 * 60_000)
      return identify(good).then(
        () => null,
        (error: unknown) => error,
      )
    }
    await expect.poll(refusal).toMatchObject(unauthenticated(/no key/))
  })

  it('is not taken for one that differs in its last character', async () => {
    const { identify, token } = await setUp()
    const good = await token()
    await identify(good)
    await expect(identify(`${good}A`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('the type of tokens', () => {
  it('may be any where the settings say so', async () => {
    const { identify, key, provider } = await setUp({ tokenType: null })
    expect(await identify(await sign(key, claims(provider.issuer), { typ: 'JWT' }))).toMatchObject({
      name: 'ann',
    })
    expect(AUDIENCE).not.toBe(provider.issuer)
  })
})
