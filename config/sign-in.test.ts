import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { problems } from './problems-fixture.ts'

const KEY = 'k'.repeat(32)
const SIGN_IN = {
  OIDC_ISSUERS: 'https://idp.example/realms/a',
  OIDC_AUDIENCE: 'https://rollcall.example',
  ROLE_GROUPS: '{"viewer":["staff"]}',
  API_PUBLIC_URL: 'https://Rollcall.example/',
  OIDC_CLIENT_ID: 'rollcall',
  OIDC_CLIENT_SECRET: 'the secret',
  SESSION_KEY: KEY,
}
const TWO = {
  ...SIGN_IN,
  OIDC_ISSUERS: 'https://a.example,https://b.example',
  OIDC_CLIENT_ID: 'one,two',
  OIDC_CLIENT_SECRET: '',
  OIDC_CLIENT_SECRET_FILE: '/one, /two',
}

it('four settings besides those of identity have people sign in, at a host that is the API’s own', () => {
  const { signIn, api } = loadConfig(SIGN_IN)
  expect(signIn).toMatchObject({
    publicUrl: 'https://rollcall.example',
    ...{ idleMs: 3_600_000, maxMs: 43_200_000 },
    clients: [{ issuer: 'https://idp.example/realms/a', way: 'idp-example-realms-a', id: 'rollcall' }],
  })
  expect(api.allowedHosts).toEqual(['rollcall.example'])
  expect(loadConfig({}).signIn).toBeNull()
  expect(JSON.stringify(signIn)).not.toMatch(/the secret|kkk/)
})

it('several issuers have a client and a file each, in their order; one may have none', () => {
  expect(loadConfig(TWO).signIn?.clients.map(({ id, secret }) => [id, secret.file])).toEqual([
    ['one', '/one'],
    ['two', '/two'],
  ])
  const second = loadConfig({ ...TWO, OIDC_CLIENT_ID: '-,two', OIDC_CLIENT_SECRET_FILE: '/two' }).signIn
  expect(second?.clients).toMatchObject([{ issuer: 'https://b.example', id: 'two' }])
})

describe('is refused, with what to mend:', () => {
  it.each([
    [
      'a public URL of plain HTTP',
      { ...SIGN_IN, API_PUBLIC_URL: 'http://rollcall.example' },
      /API_PUBLIC_URL: must be/,
    ],
    [
      'one with a path',
      { ...SIGN_IN, API_PUBLIC_URL: 'https://x.example/rollcall' },
      /API_PUBLIC_URL: must be/,
    ],
    ['one with a user', { ...SIGN_IN, API_PUBLIC_URL: 'https://a@x.example' }, /API_PUBLIC_URL: must be/],
    ['a short key', { ...SIGN_IN, SESSION_KEY: 'short' }, /SESSION_KEY: must be a secret of at least 32/],
    ['a short key behind a long one', { ...SIGN_IN, SESSION_KEY: `${KEY} old` }, /SESSION_KEY: must be/],
    ['two keys', { ...SIGN_IN, SESSION_KEY_FILE: '/key' }, /SESSION_KEY: must not be set beside/],
    ['no key', { ...SIGN_IN, SESSION_KEY: '' }, /SESSION_KEY: must be given with OIDC_CLIENT_ID/],
    [
      'no public URL',
      { ...SIGN_IN, API_PUBLIC_URL: '' },
      /API_PUBLIC_URL: must be given with OIDC_CLIENT_ID/,
    ],
    [
      'no secret',
      { ...SIGN_IN, OIDC_CLIENT_SECRET: '' },
      /OIDC_CLIENT_SECRET_FILE: must have a file for each/,
    ],
    [
      'both secrets',
      { ...SIGN_IN, OIDC_CLIENT_SECRET_FILE: '/a' },
      /OIDC_CLIENT_SECRET: must not be set beside/,
    ],
    [
      'one secret for two',
      { ...TWO, OIDC_CLIENT_SECRET: 's', OIDC_CLIENT_SECRET_FILE: '' },
      /is for one client/,
    ],
    [
      'one client for two issuers',
      { ...TWO, OIDC_CLIENT_ID: 'one' },
      /OIDC_CLIENT_ID: must have one client for each/,
    ],
    [
      'issuers that paths cannot tell apart',
      { ...TWO, OIDC_ISSUERS: 'https://a.b/c,https://a.b.c' },
      /OIDC_ISSUERS: must differ/,
    ],
    [
      'scopes separated by commas',
      { ...SIGN_IN, OIDC_SCOPES: 'openid,profile' },
      /OIDC_SCOPES: must have openid/,
    ],
    ['scopes without openid', { ...SIGN_IN, OIDC_SCOPES: 'profile' }, /OIDC_SCOPES: must have openid/],
    [
      'a secret without a client',
      { OIDC_CLIENT_SECRET: 's' },
      /OIDC_CLIENT_SECRET: does nothing without OIDC_CLIENT_ID/,
    ],
    [
      'a file with a secret without a client',
      { OIDC_CLIENT_SECRET_FILE: '/s' },
      /OIDC_CLIENT_SECRET_FILE: does nothing without OIDC_CLIENT_ID/,
    ],
    [
      'a file with a key without a way',
      { SESSION_KEY_FILE: '/k' },
      /SESSION_KEY_FILE: does nothing without OIDC_CLIENT_ID/,
    ],
    ['a key without a way', { SESSION_KEY: KEY }, /SESSION_KEY: does nothing without OIDC_CLIENT_ID/],
  ])('%s', (_, env, problem) => {
    expect(problems(env)).toEqual([expect.stringMatching(problem)])
  })
})
