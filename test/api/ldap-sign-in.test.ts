import { Attribute, Change } from 'ldapts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAuthority } from '../../stack/parts/certificates.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createBrowser, type JarBrowser } from '../support/identity/browser-jar.ts'
import { ACCOUNT, asRoot, directoryData, GROUPS, passwordOf, PEOPLE } from '../support/identity/people.ts'
import { startSlapd } from '../support/identity/slapd.ts'
import { openFolder } from '../support/parts/own-folder.ts'

const CSRF = { 'x-rollcall-csrf': '1' }
const group = (name: string) => `cn=${name},${GROUPS}`

/** An API whose people are those of a directory, and nobody else. */
async function openWorld() {
  const { folder, close } = openFolder()
  onTestFinished(close)
  const ca = await createAuthority(folder, 'ca')
  const leaf = await ca.issue('slapd', { name: 'slapd', ips: [HOST] })
  const slapd = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData })
  const port = await freePort(0)
  const url = `http://${HOST}:${port}`
  const deployment = await createDeployment({
    ...{ LDAP_URLS: slapd.ldaps, LDAP_CA_FILE: ca.file, LDAP_USER_BASE: PEOPLE, LDAP_GROUP_BASE: GROUPS },
    ...{ LDAP_BIND_DN: ACCOUNT.dn, LDAP_BIND_PASSWORD: ACCOUNT.password },
    ROLE_GROUPS: JSON.stringify({ viewer: [group('everybody')], admin: [group('oncall')] }),
    ...{
      API_PORT: String(port),
      API_PUBLIC_URL: url,
      SESSION_KEY: 'k'.repeat(32),
      PSEUDONYM_KEY: 'p'.repeat(32),
    },
  })
  const api = deployment.start('api/main.ts')
  await portOf(api)
  const signIn = async (user: string, password = passwordOf(user)) => {
    const browser = createBrowser()
    const response = await browser.post(`${url}/sign-in/with/ldap`, { user, password })
    return { browser, status: response.status, page: await response.text() }
  }
  const ask = async (browser: JarBrowser, query: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: browser.cookie(), ...CSRF },
      body: JSON.stringify({ query }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }
  return { ca, slapd, deployment, api, port, signIn, ask }
}
type Body = { data?: Record<string, Record<string, unknown> | null> | null }

const WHO = '{ identity { name issuer roles session { method } } }'

const whyNot = whyNoDebianPackages()
describe.skipIf(whyNot !== null)(
  `where people are those of a directory${whyNot === null ? '' : ` (${whyNot})`}`,
  () => {
    it('they sign in on the page, and lose in mid-session what the directory takes away', async () => {
      const { ca, slapd, deployment, api, port, signIn, ask } = await openWorld()
      const { browser, status } = await signIn('ann')
      expect(status).toBe(303)
      expect((await ask(browser, WHO)).body.data?.['identity']).toEqual({
        ...{
          name: 'ann',
          issuer: `ldap:///${PEOPLE}`,
          roles: ['VIEWER', 'ADMIN'],
          session: { method: 'LDAP' },
        },
      })
      // Programs have tokens here, which somebody of the directory makes.
      const made = await ask(
        browser,
        `mutation { createServiceToken(name: "p", purpose: "x", roles: [VIEWER], expiresAt: "${new Date(Date.now() + 60_000).toISOString()}") {
        ... on CreatedServiceToken { text } ... on Error { message } } }`,
      )
      const text = String(made.body.data?.['createServiceToken']?.['text'])
      const program = { 'content-type': 'application/json', authorization: `Bearer ${text}` }
      const asked = await fetch(`http://${HOST}:${port}/graphql`, {
        method: 'POST',
        headers: program,
        body: JSON.stringify({ query: WHO }),
      })
      expect(await asked.json()).toMatchObject({ data: { identity: { name: 'p', roles: ['VIEWER'] } } })

      const live = await subscribe(port, 'subscription { batches { edges { cursor } } }', {
        ...{ cookie: browser.cookie(), ...CSRF },
      })
      const removal = (name: string, member: string) =>
        asRoot(slapd.ldaps, ca.file, (root) =>
          root.modify(group(name), [
            new Change({
              operation: 'delete',
              modification: new Attribute({ type: 'member', values: [member] }),
            }),
          ]),
        )
      const makeDue = () => deployment.sql`update browser_session set read_again_at = clock_timestamp()`
      await removal('staff', group('oncall'))
      await makeDue()
      await eventually(async () => {
        expect((await ask(browser, WHO)).body.data?.['identity']).toMatchObject({ roles: ['ADMIN'] })
      })
      await live.ended
      await asRoot(slapd.ldaps, ca.file, (root) => root.del(`cn=ann,${PEOPLE}`))
      await makeDue()
      await eventually(async () => {
        expect((await ask(browser, WHO)).status).toBe(401)
      })
      const events = JSON.stringify(await deployment.sql`select body from audit_event`)
      for (const secret of [passwordOf('ann'), ACCOUNT.password, text]) {
        expect(events).not.toContain(secret)
        expect(JSON.stringify(api.log())).not.toContain(secret)
      }
    })

    it('nobody else does: who is in no group, who does not know the password, and everybody while it is away', async () => {
      const { slapd, signIn } = await openWorld()
      const refused = [
        await signIn('eve'),
        await signIn('bob', 'wrong'),
        await signIn('nobody', 'wrong'),
        await signIn('*'),
      ]
      for (const { status, browser, page } of refused) {
        expect([status >= 400, browser.cookies.has('rollcall-session')]).toEqual([true, false])
        expect(page).not.toContain('wrong')
      }
      const guesses = await Promise.all(Array.from({ length: 12 }, () => signIn('bob', 'wrong')))
      expect(guesses.map(({ status }) => status)).toContain(429)
      await slapd.stop()
      const away = await signIn('ann')
      expect([away.status >= 500, away.page.includes(slapd.ldaps.slice('ldaps://'.length))]).toEqual([
        true,
        false,
      ])
    })
  },
)
