import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { problems } from './problems-fixture.ts'

const IDENTITY = {
  OIDC_ISSUERS: 'https://idp.example/realms/a, http://localhost:9000/',
  OIDC_AUDIENCE: 'https://rollcall.example',
  ROLE_GROUPS: '{"viewer":["staff","cn=all,ou=groups"],"operator":["oncall"]}',
}

it('three settings are identity, and the others have defaults', () => {
  const { identity, roleGroups } = loadConfig(IDENTITY)
  expect(roleGroups).toEqual({ viewer: ['staff', 'cn=all,ou=groups'], operator: ['oncall'] })
  expect(identity).toEqual({
    issuers: ['https://idp.example/realms/a', 'http://localhost:9000/'],
    audience: 'https://rollcall.example',
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    tokenType: null,
    groupsClaim: 'groups',
    tls: expect.objectContaining({ ca: null }) as unknown,
  })
  expect(loadConfig({}).identity).toBeNull()
})

describe('is refused:', () => {
  it.each([
    ['an issuer without TLS', { OIDC_ISSUERS: 'http://idp.example' }],
    ['an issuer that only begins like loopback', { OIDC_ISSUERS: 'http://localhost.evil.example' }],
    ['an issuer that is no URL', { OIDC_ISSUERS: 'idp.example' }],
    ['an issuer with a query', { OIDC_ISSUERS: 'https://idp.example?tenant=a' }],
    ['an issuer with a password', { OIDC_ISSUERS: 'https://:secret@idp.example' }],
    ['the metadata of an issuer', { OIDC_ISSUERS: 'https://idp.example/a/.well-known/openid-configuration' }],
    ['an issuer twice', { OIDC_ISSUERS: 'https://a.example,https://a.example' }],
    ['a symmetric algorithm', { OIDC_ALGORITHMS: 'RS256,HS256' }],
    ['the algorithm none', { OIDC_ALGORITHMS: 'none' }],
    ['no algorithm', { OIDC_ALGORITHMS: ',' }],
    ['a role that there is not', { ROLE_GROUPS: '{"root":["a"]}' }],
    ['a role that every object has', { ROLE_GROUPS: '{"constructor":["a"]}' }],
    ['a group that is no list', { ROLE_GROUPS: '{"viewer":"staff"}' }],
    ['a group without a name', { ROLE_GROUPS: '{"viewer":[""]}' }],
    ['groups that are no JSON', { ROLE_GROUPS: 'viewer=staff' }],
    ['a key that can be guessed', { PSEUDONYM_KEY: 'secret' }],
  ])('%s', (_, wrong) => {
    const [name = ''] = Object.keys(wrong)
    expect(problems({ ...IDENTITY, ...wrong })).toEqual([
      expect.stringMatching(new RegExp(`^${name}: must be`)),
    ])
  })

  it.each([
    ['issuers without an audience', { ...IDENTITY, OIDC_AUDIENCE: '' }, /^OIDC_AUDIENCE: must be given/],
    ['issuers without roles', { ...IDENTITY, ROLE_GROUPS: '' }, /^ROLE_GROUPS: must be given/],
    [
      'a key beside the file of one',
      { ...IDENTITY, PSEUDONYM_KEY: 'k'.repeat(32), PSEUDONYM_KEY_FILE: '/key' },
      /^PSEUDONYM_KEY: must not be set beside/,
    ],
    ['an audience without issuers', { OIDC_AUDIENCE: 'a' }, /^OIDC_AUDIENCE: does nothing without/],
    ['roles without issuers', { ROLE_GROUPS: IDENTITY.ROLE_GROUPS }, /^ROLE_GROUPS: does nothing without/],
    [
      'identity and none',
      { ...IDENTITY, API_WITHOUT_IDENTITY: 'true' },
      /^API_WITHOUT_IDENTITY: must be false/,
    ],
  ])('%s', (_, env, problem) => {
    expect(problems(env)).toEqual([expect.stringMatching(problem)])
  })
})

it('the audience is the URL by which people reach the API, unless it is said', () => {
  const { OIDC_AUDIENCE: audience, ...rest } = IDENTITY
  const people = { ...rest, OIDC_ISSUERS: 'https://idp.example', API_PUBLIC_URL: 'https://rollcall.example/' }
  const client = { OIDC_CLIENT_ID: 'rollcall', OIDC_CLIENT_SECRET: 'secret', SESSION_KEY: 'k'.repeat(32) }
  expect(loadConfig({ ...people, ...client }).identity?.audience).toBe('https://rollcall.example')
  const said = { ...people, ...client, OIDC_AUDIENCE: `${audience}/api` }
  expect(loadConfig(said).identity?.audience).toBe(`${audience}/api`)
})

const DIRECTORY = {
  LDAP_URLS: 'ldaps://ldap.corp.example',
  LDAP_BIND_DN: 'cn=rollcall,dc=corp,dc=example',
  LDAP_BIND_PASSWORD: 'the password',
  LDAP_USER_BASE: 'dc=corp,dc=example',
  ROLE_GROUPS: '{"viewer":["cn=staff,dc=corp,dc=example"]}',
  API_PUBLIC_URL: 'https://rollcall.example',
  SESSION_KEY: 'k'.repeat(32),
}

it.each([
  ['local mode', {}, true],
  ['a provider', IDENTITY, false],
  ['a directory alone', DIRECTORY, false],
])(
  'the schema and GraphiQL are shown in local mode alone, unless it is said otherwise: %s',
  (_, env, isShown) => {
    expect(loadConfig(env).api.explorer).toEqual({ introspection: isShown, graphiql: isShown })
    const other = String(!isShown)
    expect(loadConfig({ ...env, API_INTROSPECTION: other, API_GRAPHIQL: other }).api.explorer).toEqual({
      introspection: !isShown,
      graphiql: !isShown,
    })
  },
)

describe('without identity', () => {
  it.each(['0.0.0.0', '::', '10.0.0.7', 'rollcall.example', '127.0.0.1.example', 'localhost.example'])(
    'the API does not listen on %s, unless it is asked for by name',
    (host) => {
      expect(problems({ API_HOST: host })).toEqual([
        expect.stringMatching(/^API_HOST: must be of loopback.*API_WITHOUT_IDENTITY=true/),
      ])
      expect(problems({ API_HOST: host, API_WITHOUT_IDENTITY: 'true' })).toEqual([])
      expect(problems({ ...IDENTITY, API_HOST: host })).toEqual([])
    },
  )

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost', 'a.localhost'])('it listens on %s', (host) => {
    expect(problems({ API_HOST: host })).toEqual([])
  })
})
