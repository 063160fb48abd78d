import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { wayOf } from '../../../config/sign-in-contradictions.ts'
import { type CertificateAuthority, createAuthority } from '../../../stack/parts/certificates.ts'
import { freePort } from '../../../stack/processes/ports.ts'
import { portOf } from '../api/graphql-client.ts'
import { useDeployment } from '../deployment/deployment.ts'
import { openFolder } from '../parts/own-folder.ts'
import { type Fetch, fetchTrusting } from '../tls/trusting-fetch.ts'
import { createBrowser, type JarBrowser, locationOf } from './browser-jar.ts'
import { type Keycloak, startKeycloak } from './keycloak.ts'
import { CLIENTS, PASSWORD, SECRET } from './keycloak-realm.ts'
import { settingsFor } from './sign-in-provider.ts'
import { type Answered, CSRF, WHO } from './signed-in-world.ts'

/** The first time, Keycloak is downloaded and built. */
const OPEN_TIMEOUT_MS = 600_000
const PEOPLE = { ann: ['staff', 'oncall'], bob: ['staff'], cleo: ['staff'] }

type World = { keycloak: Keycloak; ca: CertificateAuthority; apiUrl: string; fetch: Fetch }

/** For the tests of a file: Keycloak and an API, each of which speaks TLS only and knows the other by one CA. */
export function useKeycloakWorld() {
  const deployment = useDeployment()
  let world: World | undefined
  const ends: (() => unknown)[] = []
  beforeAll(async () => {
    const { folder, close } = openFolder()
    ends.push(close)
    const ca = await createAuthority(join(folder, 'certificates'), 'company')
    const apiUrl = `https://localhost:${await freePort(0)}`
    const keycloak = await startKeycloak({ folder, ca, apiUrl, people: PEOPLE })
    ends.push(keycloak.stop)
    const leaf = await ca.issue('api', { name: 'api', dns: ['localhost'] })
    const secret = join(folder, 'client-secret')
    writeFileSync(secret, SECRET)
    const api = deployment().start('api/main.ts', {
      ...settingsFor([keycloak.issuer], apiUrl),
      OIDC_CA_FILE: ca.file,
      OIDC_CLIENT_ID: CLIENTS.browser,
      OIDC_CLIENT_SECRET_FILE: secret,
      OIDC_SCOPES: 'openid profile',
      OIDC_TOKEN_TYPE: 'at+jwt',
      API_TLS_CERT_FILE: leaf.cert,
      API_TLS_KEY_FILE: leaf.key,
    })
    await portOf(api)
    world = { keycloak, ca, apiUrl, fetch: fetchTrusting(ca.file) }
  }, OPEN_TIMEOUT_MS)
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
  })
  const get = () => world ?? expect.fail('there is no world outside a test')

  const ask = async (headers: Record<string, string>): Promise<Answered> => {
    const response = await get().fetch(`${get().apiUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: WHO }),
    })
    return { status: response.status, body: (await response.json()) as Answered['body'] }
  }
  return {
    get,
    askByToken: (token: string) => ask({ authorization: `Bearer ${token}` }),
    askIn: (browser: JarBrowser) => ask({ ...CSRF, cookie: browser.cookie() }),
    /** Has the groups of all sessions be due. */
    makeDue: () => deployment().sql`update browser_session set read_again_at = clock_timestamp()`,
    /** Signs somebody in by Keycloak's form. */
    signIn: async (person: string, password = PASSWORD): Promise<JarBrowser> => {
      const { apiUrl, keycloak, fetch } = get()
      const browser = createBrowser(new Map(), fetch)
      const begun = await browser.get(`${apiUrl}/sign-in/with/${wayOf(keycloak.issuer)}`)
      const form = await browser.get(locationOf(begun))
      const answer = await submit(browser, form, { username: person, password })
      const entered = await browser.get(locationOf(answer))
      expect([entered.status, locationOf(entered)]).toEqual([303, `${apiUrl}/graphql`])
      return browser
    },
  }
}

/** Sends the form of a page of Keycloak with what it has in it, and what a person writes into it. */
export async function submit(
  browser: JarBrowser,
  page: Response,
  fields: Record<string, string>,
): Promise<Response> {
  const text = await page.text()
  const action = /<form[^>]*\saction="([^"]+)"/.exec(text)?.[1]
  if (action === undefined) throw new Error(`${page.url} has no form: ${page.status} ${text.slice(0, 600)}`)
  const hidden = Array.from(text.matchAll(/<input type="hidden"[^>]*>/g), ([input]) => [
    /name="([^"]*)"/.exec(input)?.[1] ?? '',
    /value="([^"]*)"/.exec(input)?.[1] ?? '',
  ])
  return await browser.post(new URL(action.replaceAll('&amp;', '&'), page.url).href, {
    ...(Object.fromEntries(hidden) as Record<string, string>),
    ...fields,
  })
}
