import { afterAll, describe, expect, test } from 'vitest'
import { wayOf } from '../../config/sign-in-contradictions.ts'
import { createAuthority } from '../../stack/parts/certificates.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { useDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createBrowser, locationOf } from '../support/identity/browser-jar.ts'
import { settingsFor, startSignInProvider } from '../support/identity/sign-in-provider.ts'
import { type Answered, CSRF, PEOPLE, WHO } from '../support/identity/signed-in-world.ts'
import { startBalancer } from '../support/parts/balancers.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { type Fetch, fetchTrusting } from '../support/tls/trusting-fetch.ts'

const deployment = useDeployment()
const { folder, close } = openFolder()
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of stops) await stop()
  close()
})

const whyNot = whyNoDebianPackages()
describe.skipIf(whyNot !== null)(`behind a balancer${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  test('people sign in by whichever API answers, are known to both, and are signed out of both', async () => {
    const ports: [number, number] = [await freePort(0), await freePort(0)]
    const authority = await createAuthority(folder, 'sign-in-ca')
    const leaf = await authority.issue('sign-in-leaf', { name: 'balancer', dns: ['localhost'] })
    const { port, running } = await startBalancer('HAProxy', ports, leaf, folder)
    stops.push(() => running.stop('SIGKILL', 0))
    const url = `https://localhost:${port}`
    const provider = await startSignInProvider(url, PEOPLE, (stop) => stops.push(stop))
    const settings = { ...settingsFor([provider.issuer], url), TRUSTED_PROXIES: HOST }
    const apis = ports.map((own) => deployment().start('api/main.ts', { ...settings, API_PORT: String(own) }))
    await Promise.all(apis.map(portOf))

    const trusting = fetchTrusting(authority.file)
    const byBalancer: Fetch = (to, init) => (to.startsWith(url) ? trusting : globalThis.fetch)(to, init)
    const browser = createBrowser(new Map(), byBalancer)
    await eventually(async () => {
      expect((await browser.get(`${url}/health`)).status).toBe(200)
    })
    const begun = await browser.get(`${url}/sign-in/with/${wayOf(provider.issuer)}`)
    const back = await provider.visit(browser, locationOf(begun), 'ann')
    const entered = await browser.get(back)
    expect([entered.status, locationOf(entered)]).toEqual([303, `${url}/graphql`])

    // As it was, also once the browser has forgotten it.
    const session = browser.cookie()
    const ask = async (
      send: Fetch,
      origin: string,
      headers: Record<string, string> = CSRF,
    ): Promise<Answered> => {
      const response = await send(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: session, ...headers },
        body: JSON.stringify({ query: WHO }),
      })
      return { status: response.status, body: (await response.json()) as Answered['body'] }
    }
    const everywhere = async () =>
      await Promise.all([
        ask(byBalancer, url),
        ...ports.map((own) => ask(globalThis.fetch, `http://${HOST}:${own}`)),
      ])
    for (const { status, body } of await everywhere()) {
      expect(status).toBe(200)
      expect(body.data?.['identity']).toMatchObject({ name: 'ann@example.com' })
    }
    // Nobody's page can use the cookie.
    expect((await ask(byBalancer, url, {})).status).toBe(403)
    const out = await browser.post(`${url}/sign-out`, {}, CSRF)
    expect(out.status).toBeLessThan(400)
    for (const { status } of await everywhere()) expect(status).toBe(401)
  })
})
