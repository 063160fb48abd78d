import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { eventually } from '../support/eventually.ts'
import { createBrowser, locationOf } from '../support/identity/browser-jar.ts'
import { CLIENT_ID } from '../support/identity/sign-in-provider.ts'
import { CSRF, PEOPLE, SESSION, useSignedInWorld, WHO } from '../support/identity/signed-in-world.ts'
import { forwardTcp } from '../support/parts/tcp-forwarder.ts'

const { get, signIn, ask, statusOf, live } = useSignedInWorld()

const sql = () => get().deployment.sql
/** Has the groups of all sessions be due. */
const makeDue = () => sql()`update browser_session set read_again_at = clock_timestamp()`
beforeEach(() => sql()`delete from browser_session`)
afterEach(() => {
  const [provider] = get().providers
  for (const [name, groups] of Object.entries(PEOPLE)) provider.people.set(name, groups)
  provider.setAway(false)
})

describe('the groups', () => {
  it('are read again: who loses a role loses it in mid-session and in mid-subscription', async () => {
    const { ports, providers, settings } = get()
    const browser = await signIn('ann')
    const subscriptions = await Promise.all([live(browser, ports.own), live(browser, ports.other)])
    providers[0].people.set('ann', ['staff'])
    await makeDue()
    await Promise.all(subscriptions.map(({ ended }) => ended))
    expect((await ask(browser, WHO)).body.data?.['identity']).toMatchObject({ roles: ['VIEWER'] })
    expect(await sql()`select 1 from audit_event where kind = 'roles_changed'`).toHaveLength(1)
    providers[0].people.set('ann', ['other'])
    await makeDue()
    expect([await statusOf(browser), settings['ROLE_GROUPS']]).toEqual([401, expect.anything()])
  })

  it('are read once for all that ask at a time, at every API', async () => {
    const { ports, providers } = get()
    const browser = await signIn('ann')
    for (const round of ['first', 'second']) {
      const before = providers[0].asked.get('/token') ?? 0
      await makeDue()
      const asking = [ports.own, ports.other].flatMap((port) =>
        Array.from({ length: 8 }, () => statusOf(browser, port)),
      )
      expect(new Set(await Promise.all(asking))).toEqual(new Set([200]))
      expect((providers[0].asked.get('/token') ?? 0) - before, round).toBe(1)
    }
  })

  it('may be some minutes old while the provider is away, and no more than an hour', async () => {
    const { providers } = get()
    const browser = await signIn('bob')
    providers[0].setAway(true)
    await makeDue()
    expect(await statusOf(browser)).toBe(200)
    await sql()`update browser_session set groups_read_at = clock_timestamp() - interval '61 minutes'`
    await makeDue()
    expect((await ask(browser, WHO)).body.errors?.[0]?.extensions.code).toBe('IDENTITY_UNAVAILABLE')
    providers[0].setAway(false)
    await makeDue()
    expect(await statusOf(browser)).toBe(200)
  })

  it('are nobody’s once the provider knows them no more: the session ends', async () => {
    const { providers } = get()
    const browser = await signIn('bob')
    providers[0].people.delete('bob')
    await makeDue()
    expect(await statusOf(browser)).toBe(401)
    expect(await sql()`select 1 from browser_session`).toHaveLength(0)
  })
})

describe('a session ends', () => {
  it.each([
    ['without use', 'used_at', '61 minutes', 'idle'],
    ['after its longest time, however it is used', 'signed_in_at', '13 hours', 'absolute'],
  ])('%s, and the audit has it', async (_, column, age, limit) => {
    const { ports } = get()
    const browser = await signIn('bob')
    const subscription = await live(browser, ports.own)
    await sql()`update browser_session set ${sql()(column)} = clock_timestamp() - ${age}::text::interval`
    await subscription.ended
    expect(await statusOf(browser)).toBe(401)
    // Both clean up now, and every minute.
    await Promise.all([signIn('ann'), signIn('ann')])
    expect(
      await sql()`select body::jsonb -> 'actor' ->> 'subject' as subject from audit_event
        where kind = 'sign_out' and body::jsonb -> 'detail' ->> 'by' = 'limit'
          and body::jsonb -> 'detail' -> 'facts' ->> 'limit' = ${limit}`,
    ).toEqual([{ subject: 'bob' }])
  })

  it('when its provider says so, by its own session or by the person, once, with its subscriptions', async () => {
    const { apiUrl, ports, providers } = get()
    const tell = async (claims: Record<string, unknown>, typ?: string) => {
      const body = new URLSearchParams({ logout_token: await providers[0].logoutToken(claims, typ) })
      return (await fetch(`${apiUrl}/sign-in/back-channel-logout`, { method: 'POST', body })).status
    }
    const [one, other, bob] = [await signIn('ann'), await signIn('ann'), await signIn('bob')]
    const sids = await sql()<
      { sid: string }[]
    >`select provider_session as sid from browser_session where subject = 'ann' order by signed_in_at desc limit 2`
    const subscriptions = await Promise.all([live(one, ports.own), live(one, ports.other)])
    for (const wrong of [
      { aud: 'another' },
      { iss: 'https://other.example' },
      { events: {} },
      { nonce: 'x' },
      { jti: undefined },
      { iat: 1 },
      { sub: undefined },
    ])
      expect(await tell({ sub: 'ann', ...wrong })).toBe(400)
    expect(await tell({ sub: 'ann' }, 'at+jwt')).toBe(400)
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200])
    expect(await tell({ sid: sids[1]?.sid, jti: 'once' })).toBe(200)
    await Promise.all(subscriptions.map(({ ended }) => ended))
    expect([await statusOf(one), await statusOf(one, ports.other), await statusOf(other)]).toEqual([
      401, 401, 200,
    ])
    expect(await tell({ sub: 'ann', jti: 'once' })).toBe(400)
    expect(await tell({ sub: 'ann' })).toBe(200)
    expect([await statusOf(other), await statusOf(bob)]).toEqual([401, 200])
    expect(
      await sql()`select 1 from audit_event where kind = 'sign_out' and body::jsonb -> 'detail' ->> 'by' = 'provider'
        and body::jsonb -> 'detail' -> 'facts' ->> 'reason' = 'signed out there'`,
    ).toHaveLength(2)
  })

  it('with the sign-out at the provider itself, which tells the API', async () => {
    const { providers } = get()
    const browser = await signIn('ann')
    const { issuer } = providers[0]
    const page = await (await browser.get(`${issuer}/session/end?client_id=${CLIENT_ID}`)).text()
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    expect(await statusOf(browser)).toBe(200)
    await browser.post(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    await eventually(async () => {
      expect(await statusOf(browser)).toBe(401)
    })
  })

  it('here, and leads to the sign-out of the provider on request, without a token', async () => {
    const { apiUrl, providers } = get()
    const browser = await signIn('ann')
    const page = await browser.get(`${apiUrl}/sign-in`)
    expect(page.headers.get('content-security-policy')).toContain(
      `form-action 'self' ${apiUrl} ${providers[0].issuer};`,
    )
    const cookie = browser.cookies.get(SESSION) ?? ''
    const left = locationOf(await browser.post(`${apiUrl}/sign-out`, { everywhere: 'yes' }))
    expect(left.startsWith(`${providers[0].issuer}/session/end?client_id=${CLIENT_ID}`)).toBe(true)
    expect(left).not.toContain('id_token')
    expect(await statusOf(createBrowser(new Map([[SESSION, cookie]])))).toBe(401)
  })
})

/** An API that reaches the primary by a forwarder, and two people who are signed in and whom it has not met. */
async function behindForwarder() {
  const { deployment, settings } = get()
  const url = new URL(deployment.environment['DATABASE_URL'] ?? '')
  const forwarder = await forwardTcp(Number(url.port))
  url.port = String(forwarder.port)
  const api = deployment.start('api/main.ts', { ...settings, API_PORT: '0', DATABASE_URL: url.href })
  const port = await portOf(api)
  const [known, unknown] = [await signIn('ann'), await signIn('bob')]
  return { deployment, forwarder, port, known, unknown }
}

it('while the primary is away, who is signed in asks on and commands nothing, and nobody else comes in', async () => {
  const { deployment, forwarder, port, known, unknown } = await behindForwarder()
  const pause = 'mutation { pauseIngestion(reason: "x") { ... on Error { message } } }'
  expect((await ask(known, WHO, CSRF, port)).status).toBe(200)
  forwarder.redirect(await freePort(0))
  expect((await ask(known, WHO, CSRF, port)).body.data?.['identity']).toMatchObject({
    name: 'ann@example.com',
  })
  const command = await ask(known, pause, CSRF, port)
  expect([command.status, command.body.errors?.[0]?.extensions.code]).toEqual([503, 'DATABASE_UNAVAILABLE'])
  const stranger = await ask(unknown, WHO, CSRF, port)
  expect([stranger.status, stranger.body.errors?.[0]?.extensions.code]).toEqual([503, 'IDENTITY_UNAVAILABLE'])
  forwarder.redirect(Number(new URL(deployment.environment['DATABASE_URL'] ?? '').port))
  await eventually(async () => {
    expect((await ask(unknown, WHO, CSRF, port)).status).toBe(200)
  })
})

it('a host of the primary that vanishes keeps nobody waiting once another has its name, nor the audit', async () => {
  const { forwarder, port, known, unknown } = await behindForwarder()
  const audited = () =>
    sql()`select 1 from pg_stat_activity where application_name like 'rollcall-api-audit' and state = 'idle'`
  // As many connections as the API has for sessions, and its one for the audit.
  await Promise.all(Array.from({ length: 12 }, () => ask(known, WHO, CSRF, port)))
  await eventually(async () => {
    expect((await audited()).length).toBeGreaterThan(0)
  })
  forwarder.vanish()
  await eventually(async () => {
    expect((await ask(unknown, WHO, CSRF, port)).status).toBe(200)
  }, 30_000)
  const before = await sql()`select 1 from control_event`
  await eventually(async () => {
    await ask(known, 'mutation { resumeIngestion(reason: "x") { ... on Error { message } } }', CSRF, port)
    expect((await sql()`select 1 from control_event`).length).toBeGreaterThan(before.length)
  }, 30_000)
})

it('tokens are in no cookie, answer, log or row', async () => {
  const { apiUrl, apis, providers } = get()
  const browser = await signIn('ann')
  await makeDue()
  const answer = await ask(browser, WHO)
  const page = await (await browser.get(`${apiUrl}/sign-in`)).text()
  const rows = await sql()`select *, encode(sealed, 'escape') as escaped from browser_session`
  const logs = apis.flatMap((api) => api.log())
  const seen = [page, answer, rows, logs, [...browser.cookies]].map((part) => JSON.stringify(part)).join()
  expect(providers[0].tokens.length).toBeGreaterThan(5)
  for (const token of providers[0].tokens) expect(seen).not.toContain(token)
  const id = browser.cookies.get(SESSION) ?? '?'
  expect(JSON.stringify([rows, logs, page, answer])).not.toContain(id)
})
