import { expect, it, onTestFinished } from 'vitest'
import { createOidc } from '../../api/identity/oidc.ts'
import { providerTls } from '../../config/wires.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { eventually } from '../support/eventually.ts'
import { federate } from '../support/identity/keycloak-federation.ts'
import { CLIENTS, REALM } from '../support/identity/keycloak-realm.ts'
import { submit, useKeycloakWorld } from '../support/identity/keycloak-world.ts'
import { AUDIENCE } from '../support/identity/open-id-provider.ts'
import { asRoot, directoryOf, group, GROUPS, passwordOf, PEOPLE, person } from '../support/identity/people.ts'
import { startSlapd } from '../support/identity/slapd.ts'
import { openFolder } from '../support/parts/own-folder.ts'

const { get, askByToken, askIn, makeDue, signIn } = useKeycloakWorld()

const rolesOf = ({ body }: Awaited<ReturnType<typeof askIn>>) => body.data?.['identity']?.['roles']

/** The id of the only one of these that has this name. */
async function idOf(kind: 'users' | 'groups', name: string): Promise<string> {
  const search = kind === 'users' ? `username=${name}` : `search=${name}`
  const [found] = (await get().keycloak.admin('GET', `/${kind}?exact=true&${search}`)) as { id: string }[]
  return found?.id ?? expect.fail(`Keycloak has no ${name} among its ${kind}`)
}

it('a program asks by the groups of its service account, or by its roles in the realm', async () => {
  const { keycloak, ca } = get()
  const token = await keycloak.token()
  expect((await askByToken(token)).body.data?.['identity']).toMatchObject({
    name: `service-account-${CLIENTS.program}`,
    roles: ['VIEWER'],
  })
  const byRoles = createOidc(
    {
      ...{ issuers: [keycloak.issuer], audience: AUDIENCE, algorithms: ['RS256'], tokenType: 'at+jwt' },
      ...{
        groupsClaim: 'realm_access.roles',
        roleGroups: { auditor: ['auditing'] },
        tls: providerTls(ca.file),
      },
    },
    Date.now,
  )
  const actor = await byRoles.identify(new Headers({ authorization: `Bearer ${token}` }), '127.0.0.1', 'POST')
  expect(actor.roles).toEqual(['auditor'])
})

it('a person signs in by its page, and loses a role with the group, and the session with the account', async () => {
  const { keycloak } = get()
  const browser = await signIn('ann')
  expect(rolesOf(await askIn(browser))).toEqual(['VIEWER', 'OPERATOR'])
  const ann = await idOf('users', 'ann')
  const membership = `/users/${ann}/groups/${await idOf('groups', 'oncall')}`
  await keycloak.admin('DELETE', membership)
  await makeDue()
  expect(rolesOf(await askIn(browser))).toEqual(['VIEWER'])
  await keycloak.admin('PUT', membership)
  await makeDue()
  expect(rolesOf(await askIn(browser))).toEqual(['VIEWER', 'OPERATOR'])
  await keycloak.admin('PUT', `/users/${ann}`, { enabled: false })
  await makeDue()
  expect((await askIn(browser)).status).toBe(401)
  await keycloak.admin('PUT', `/users/${ann}`, { enabled: true })
})

it('a sign-out at Keycloak, by the person or by an administrator, ends the session here', async () => {
  const { apiUrl, keycloak } = get()
  const browsers = { bob: await signIn('bob'), cleo: await signIn('cleo') }
  const url = new URL(`${keycloak.issuer}/protocol/openid-connect/logout`)
  url.searchParams.set('client_id', CLIENTS.browser)
  url.searchParams.set('post_logout_redirect_uri', `${apiUrl}/sign-in`)
  await submit(browsers.bob, await browsers.bob.get(url.href), { confirmLogout: 'Logout' })
  await eventually(async () => {
    expect((await askIn(browsers.bob)).status).toBe(401)
  })
  expect((await askIn(browsers.cleo)).status).toBe(200)
  await keycloak.admin('POST', `/users/${await idOf('users', 'cleo')}/logout`)
  await eventually(async () => {
    expect((await askIn(browsers.cleo)).status).toBe(401)
  })
})

const whyNot = whyNoDebianPackages()
it.skipIf(whyNot !== null)(
  `people of a directory that it federates sign in with their groups there${whyNot === null ? '' : ` (${whyNot})`}`,
  async () => {
    const { ca, keycloak } = get()
    const { folder, close } = openFolder()
    onTestFinished(close)
    const leaf = await ca.issue('slapd', { name: 'slapd', ips: [HOST] })
    const [dora, staff] = [`cn=dora,${PEOPLE}`, `cn=staff,${GROUPS}`]
    const data = directoryOf([person('dora'), group('oncall', dora), group('staff', dora)])
    const slapd = await startSlapd(folder, { leaf, ca: ca.file, data })
    await federate(keycloak, slapd.ldaps)
    const browser = await signIn('dora', passwordOf('dora'))
    expect((await askIn(browser)).body.data?.['identity']).toMatchObject({ name: 'dora' })
    expect(rolesOf(await askIn(browser))).toEqual(['VIEWER', 'OPERATOR'])
    await asRoot(slapd.ldaps, ca.file, (root) => root.del(staff))
    await makeDue()
    expect(rolesOf(await askIn(browser))).toEqual(['OPERATOR'])
    await asRoot(slapd.ldaps, ca.file, (root) => root.del(dora))
    await makeDue()
    expect((await askIn(browser)).status).toBe(401)
  },
)

it('keys may change and Keycloak may be away, while tokens and sessions go on', async () => {
  const { keycloak } = get()
  const [before, browser] = [await keycloak.token(), await signIn('bob')]
  await keycloak.admin('POST', '/components', {
    ...{ name: 'next', providerId: 'rsa-generated', providerType: 'org.keycloak.keys.KeyProvider' },
    ...{ parentId: REALM, config: { priority: ['200'], algorithm: ['RS256'] } },
  })
  const after = await keycloak.token()
  const kid = (token: string) => Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()
  expect(kid(after)).not.toBe(kid(before))
  await eventually(async () => {
    expect((await askByToken(after)).status).toBe(200)
  })
  expect((await askIn(await signIn('cleo'))).status).toBe(200)
  await makeDue()
  expect((await askIn(browser)).status).toBe(200)
  await keycloak.stop()
  await makeDue()
  expect((await askIn(browser)).status).toBe(200)
  for (const token of [before, after]) expect((await askByToken(token)).status).toBe(200)
})
