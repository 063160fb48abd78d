import { wayOf } from '../../../config/sign-in-contradictions.ts'
import { AUDIENCE } from './open-id-provider.ts'

export const REALM = 'company'
export const SECRET = 'a-marked-client-secret-of-a-test'
export const PASSWORD = 'the-password-of-a-person-in-a-test'
/** The client by which people sign in, and that of a program, as docs/operations.md has them. */
export const CLIENTS = { browser: 'rollcall', program: 'nightly-report' }

/** Groups as a list of names in all that Keycloak says of somebody. */
const groupsMapper = {
  name: 'groups',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-group-membership-mapper',
  config: {
    'claim.name': 'groups',
    'full.path': 'false',
    'access.token.claim': 'true',
    'id.token.claim': 'true',
    'userinfo.token.claim': 'true',
  },
}
const audienceMapper = {
  name: 'audience',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.custom.audience': AUDIENCE, 'access.token.claim': 'true', 'id.token.claim': 'false' },
}

const person = (username: string, groups: string[]) => ({
  ...{ username, groups: groups.map((group) => `/${group}`), enabled: true },
  ...{ email: `${username}@example.com`, emailVerified: true, firstName: username, lastName: 'Example' },
  credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
})

/** A realm as Keycloak imports it: people and a program that are in groups, and a client for each way to ask Rollcall. */
export const realmOf = (issuer: string, apiUrl: string, people: Record<string, string[]>) => ({
  ...{ id: REALM, realm: REALM, enabled: true },
  groups: ['staff', 'oncall'].map((name) => ({ name })),
  roles: { realm: [{ name: 'auditing' }] },
  users: [
    ...Object.entries(people).map(([name, groups]) => person(name, groups)),
    {
      username: `service-account-${CLIENTS.program}`,
      ...{ enabled: true, serviceAccountClientId: CLIENTS.program },
      ...{ groups: ['/staff'], realmRoles: ['auditing'] },
    },
  ],
  clients: [
    {
      ...{ clientId: CLIENTS.browser, secret: SECRET, standardFlowEnabled: true },
      redirectUris: [`${apiUrl}/sign-in/callback/${wayOf(issuer)}`],
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'post.logout.redirect.uris': `${apiUrl}/sign-in`,
        'backchannel.logout.url': `${apiUrl}/sign-in/back-channel-logout`,
        'backchannel.logout.session.required': 'true',
      },
      protocolMappers: [groupsMapper],
    },
    {
      ...{ clientId: CLIENTS.program, secret: SECRET, standardFlowEnabled: false },
      serviceAccountsEnabled: true,
      attributes: { 'access.token.header.type.rfc9068': 'true' },
      protocolMappers: [groupsMapper, audienceMapper],
    },
  ],
})
