import { describe, expect, it } from 'vitest'
import { createProviderFetch } from '../../api/identity/provider-fetch.ts'
import { createOidcWay } from '../../api/identity/sessions/oidc/oidc-way.ts'
import { Secret } from '../../config/secret.ts'
import { wayOf } from '../../config/sign-in-contradictions.ts'
import { providerTls } from '../../config/wires.ts'
import { createBrowser, type JarBrowser, locationOf } from '../support/identity/browser-jar.ts'
import { CLIENT_ID, CLIENT_SECRET } from '../support/identity/sign-in-provider.ts'
import { alertOf, CSRF, SESSION, useSignedInWorld, WHO } from '../support/identity/signed-in-world.ts'

const { get, answerFor, signIn, ask, statusOf, live } = useSignedInWorld()

const sql = () => get().deployment.sql
describe('somebody who signs in', () => {
  it('asks with the roles of their groups, at every API, until they sign out', async () => {
    const { apiUrl, ports } = get()
    const browser = await signIn('ann')
    for (const port of [ports.own, ports.other])
      expect((await ask(browser, WHO, CSRF, port)).body.data?.['identity']).toMatchObject({
        ...{ name: 'ann@example.com', roles: ['VIEWER', 'OPERATOR'] },
        session: { method: 'OPENID_CONNECT' },
      })
    const choice = await (await createBrowser().get(`${apiUrl}/sign-in`)).text()
    for (const { issuer } of get().providers) expect(choice).toContain(`Sign in with ${new URL(issuer).host}`)
    const page = await (await browser.get(`${apiUrl}/sign-in`)).text()
    expect(page).toContain('ann@example.com')
    expect(page).toContain('viewer, operator')
    const cookie = browser.cookie()
    const subscriptions = await Promise.all([live(browser, ports.own), live(browser, ports.other)])
    const left = await browser.post(`${apiUrl}/sign-out`, {})
    expect([left.status, locationOf(left), browser.cookies.has(SESSION)]).toEqual([
      303,
      `${apiUrl}/sign-in`,
      false,
    ])
    await Promise.all(subscriptions.map(({ ended }) => ended))
    const old = createBrowser()
    old.cookie = () => cookie
    expect([await statusOf(old), await statusOf(old, ports.other)]).toEqual([401, 401])
  })

  it('gets a new id, whatever id their browser had, and what it was signed in with before ends', async () => {
    const planted = 'a'.repeat(43)
    const browser = await signIn('ann', createBrowser(new Map([[SESSION, planted]])))
    const first = browser.cookies.get(SESSION)
    expect(first).not.toBe(planted)
    await signIn('ann', browser)
    const old = createBrowser(new Map([[SESSION, first ?? '']]))
    expect([await statusOf(browser), await statusOf(old)]).toEqual([200, 401])
    expect(await statusOf(createBrowser(new Map([[SESSION, planted]])))).toBe(401)
  })

  it('goes on to where they wanted to, which is a path of the API', async () => {
    const { apiUrl, providers } = get()
    const to = async (path: string) => {
      const browser = createBrowser()
      const answer = await answerFor(browser, 'bob', providers[0], `?to=${encodeURIComponent(path)}`)
      return locationOf(await browser.get(answer))
    }
    expect(await to('/graphql?query={x}')).toBe(`${apiUrl}/graphql?query={x}`)
    for (const path of ['//evil.example', 'https://evil.example', '/\\evil.example', '/.//evil.example'])
      expect(new URL(await to(path)).origin).toBe(apiUrl)
  })

  it('and has no group with a role is refused, and told so', async () => {
    const browser = createBrowser()
    const refused = await browser.get(await answerFor(browser, 'eve'))
    expect([refused.status, browser.cookies.has(SESSION)]).toEqual([403, false])
    expect(await alertOf(refused)).toContain('no group of yours has a role')
  })
})

describe('a session proves nothing', () => {
  const pause = 'mutation { pauseIngestion(reason: "x") { ... on Error { message } } }'

  it('in a POST without the header, or of another page', async () => {
    const browser = await signIn('ann')
    const code = async (headers: Record<string, string>) => {
      const { status, body } = await ask(browser, pause, headers)
      return [status, body.errors?.[0]?.extensions.code]
    }
    expect(await code({})).toEqual([403, 'FORBIDDEN'])
    expect(await code({ 'sec-fetch-site': 'same-origin' })).toEqual([403, 'FORBIDDEN'])
    expect(await code({ ...CSRF, origin: 'http://127.0.0.1:1' })).toEqual([403, 'FORBIDDEN'])
    expect(await sql()`select 1 from control_event`).toHaveLength(0)
  })

  it('in a GET, unless the browser says that a page of the API sent it', async () => {
    const browser = await signIn('ann')
    const question = `${get().apiUrl}/graphql?query={__typename}`
    const json = { accept: 'application/json' }
    expect((await browser.get(question, json)).status).toBe(403)
    expect((await browser.get(question, { ...json, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  it('to a form of another page', async () => {
    const browser = await signIn('ann')
    for (const origin of ['http://127.0.0.1:1', 'null'])
      expect((await browser.post(`${get().apiUrl}/sign-out`, {}, { origin })).status).toBe(403)
    const { port } = new URL(get().apiUrl)
    const none = await fetch(`http://127.0.0.1:${port}/sign-out`, {
      method: 'POST',
      headers: { cookie: browser.cookie(), 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([none.status, await statusOf(browser)]).toEqual([403, 200])
  })

  it('beside an access token, which is what counts', async () => {
    const browser = await signIn('ann')
    expect((await ask(browser, WHO, { ...CSRF, authorization: 'Bearer a.b.c' })).status).toBe(401)
  })
})

describe('an answer of a provider is refused', () => {
  const refusal = async (browser: JarBrowser, answer: string) => {
    const response = await browser.get(answer)
    expect(browser.cookies.has(SESSION)).toBe(false)
    return [response.status, await alertOf(response)]
  }
  const changed = (answer: string, name: string, value: string | null) => {
    const url = new URL(answer)
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
    return url.href
  }

  it('that another provider gives in its place (mix-up)', async () => {
    const [one, two] = get().providers
    const browser = createBrowser()
    const answer = await answerFor(browser, 'ann', one)
    expect(await refusal(browser, changed(answer, 'iss', two.issuer))).toEqual([
      403,
      expect.stringContaining('no answer of'),
    ])
    const missing = createBrowser()
    expect((await refusal(missing, changed(await answerFor(missing, 'ann', one), 'iss', null)))[0]).toBe(403)
    const elsewhere = createBrowser()
    const place = (await answerFor(elsewhere, 'ann', one)).replace(wayOf(one.issuer), wayOf(two.issuer))
    expect(await refusal(elsewhere, place)).toEqual([403, expect.stringContaining('began no such sign-in')])
  })

  it('in another browser, and with another state', async () => {
    const browser = createBrowser()
    const answer = await answerFor(browser, 'ann')
    expect(await refusal(createBrowser(), answer)).toEqual([403, expect.stringContaining('began no such')])
    expect((await refusal(browser, changed(answer, 'state', 'x'.repeat(43))))[0]).toBe(403)
    expect(locationOf(await browser.get(answer))).toBe(`${get().apiUrl}/graphql`)
  })

  it('with the code of another sign-in of the same browser', async () => {
    const browser = createBrowser()
    const first = await answerFor(browser, 'ann')
    const second = await answerFor(browser, 'ann')
    const code = new URL(first).searchParams.get('code')
    expect((await refusal(browser, changed(second, 'code', code)))[0]).toBe(403)
  })

  it('made for another sign-in (nonce), or signed by an algorithm that is not taken', async () => {
    const { apiUrl, providers } = get()
    const { issuer, visit } = providers[0]
    const secret = new Secret('OIDC_CLIENT_SECRET', { value: CLIENT_SECRET })
    const client = { issuer, way: wayOf(issuer), id: CLIENT_ID, secret, scopes: 'openid profile groups' }
    const fetch = createProviderFetch(providerTls(undefined))
    const options = { publicUrl: apiUrl, groupsClaim: 'groups', fetch, clock: Date.now }
    const complete = async (algorithms: string[], more: object) => {
      const way = createOidcWay(client, { ...options, algorithms })
      const { to, pending } = await way.begin()
      const answer = new URL(await visit(createBrowser(), to.href, 'ann'))
      return await way.complete(answer, JSON.stringify({ ...(JSON.parse(pending) as object), ...more }))
    }
    expect(await complete(['ES256'], {})).toMatchObject({ issuer, subject: 'ann' })
    await expect(complete(['ES256'], { nonce: 'another' })).rejects.toThrow('no answer of')
    await expect(complete(['RS256'], {})).rejects.toThrow('OIDC_ALGORITHMS')
  })

  it('the second time, in parallel too, and the first use goes on', async () => {
    const { apiUrl, ports } = get()
    const browser = createBrowser()
    const answer = await answerFor(browser, 'ann')
    const cookie = browser.cookie()
    const again = (url: string) => fetch(url, { headers: { cookie }, redirect: 'manual' })
    const elsewhere = answer.replace(apiUrl, `http://127.0.0.1:${ports.other}`)
    const answers = await Promise.all([again(answer), again(answer), again(elsewhere)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 403, 403])
    expect((await again(answer)).status).toBe(403)
    // A provider that sees a code twice takes back what it gave for it, so that the next reading of groups would fail.
    const cookies = answers.flatMap(({ headers }) => headers.getSetCookie())
    const id = cookies.join().match(/rollcall-session=([\w-]{43})/)?.[1] ?? ''
    await get().deployment.sql`update browser_session set read_again_at = clock_timestamp()`
    expect(await statusOf(createBrowser(new Map([[SESSION, id]])))).toBe(200)
  })
})

it('the audit has who signed in and out, and who was refused and why', async () => {
  const { apiUrl, deployment, providers } = get()
  const before = new Date().toISOString()
  await (await signIn('bob')).post(`${apiUrl}/sign-out`, {})
  const eve = createBrowser()
  await eve.get(await answerFor(eve, 'eve'))
  await createBrowser().get(`${apiUrl}/sign-in/callback/${wayOf(providers[0].issuer)}?state=x&code=y`)
  const rows = await deployment.sql<{ event: object }[]>`
    select body::jsonb as event from audit_event where happened_at >= ${before} order by seq`
  const of = (name: string) => ({ issuer: providers[0].issuer, subject: name, verified: true })
  const provider = wayOf(providers[0].issuer)
  expect(rows.map(({ event }) => event)).toMatchObject([
    { kind: 'sign_in', result: 'done', actor: of('bob'), detail: { provider, address: '127.0.0.1' } },
    { kind: 'sign_out', result: 'done', actor: of('bob'), detail: { provider, by: 'user' } },
    { kind: 'sign_in', result: 'refused', actor: of('eve'), detail: { provider } },
    { kind: 'sign_in', result: 'refused', actor: { issuer: null, verified: false }, detail: { provider } },
  ])
})
