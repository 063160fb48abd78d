import { describe, expect, it, vi } from 'vitest'
import { unauthenticated } from '../context/refused-identity.ts'
import type { BrowserSignIn } from '../identity/sessions/browser-sign-in.ts'
import { LogoutTokenRefused } from '../identity/sessions/oidc/logout-token.ts'
import { cookiesOf } from '../identity/sessions/session-cookie.ts'
import { sentBy, serve } from '../server-fixture.ts'

const PUBLIC = 'https://api'
/** A session id that nobody has. */
const madeUp = (place: number) => `__Host-rollcall-session=${String(place).padStart(43, '0')}`

function setUp(questionsPerSecond = 1_000) {
  const signedIn = vi.fn<BrowserSignIn['signedIn']>().mockResolvedValue(null)
  const endByIssuer = vi.fn<BrowserSignIn['endByIssuer']>()
  const count = vi.fn()
  const part = { publicUrl: PUBLIC, ways: [], cookies: cookiesOf(PUBLIC), signedIn, endByIssuer }
  const api = serve({
    signIn: part as Partial<BrowserSignIn> as BrowserSignIn,
    refusals: { count, flush: () => Promise.resolve() },
    limits: {
      questionsPerSecond,
      clientMsPerSecond: 1_000,
      subscriptions: { all: 1_000, perClient: 20 },
    },
  })
  const open = async (path: string, headers: Record<string, string> = {}, address = '192.0.2.1') =>
    await api.server.fetch(
      `http://api${path}`,
      { headers: { accept: 'text/html', ...headers }, redirect: 'manual' },
      sentBy({ 'x-forwarded-for': address }),
    )
  return { ...api, open, signedIn, endByIssuer, count }
}

describe('sessions that somebody makes up', () => {
  it.each(['/sign-in', '/graphql'])('at %s are looked for a few times only', async (path) => {
    const { open, signedIn } = setUp()
    for (let place = 0; place < 150; place++) await open(path, { cookie: madeUp(place) })
    expect(signedIn).toHaveBeenCalledTimes(100)
  })

  it('keep out nobody else, and nobody who is signed in at the same address', async () => {
    const { open, signedIn } = setUp()
    const ann = {
      issuer: 'https://idp',
      subject: 'ann',
      name: 'ann',
      roles: ['viewer' as const],
      validUntilMs: Date.now(),
    }
    signedIn.mockResolvedValueOnce(ann)
    expect(await (await open('/sign-in', { cookie: madeUp(0) })).text()).toContain('You are signed in')
    for (let place = 1; place < 150; place++) await open('/sign-in', { cookie: madeUp(place) })
    signedIn.mockResolvedValue(ann)
    expect(await (await open('/sign-in', { cookie: madeUp(0) })).text()).toContain('You are signed in')
    expect(await (await open('/sign-in', { cookie: madeUp(150) }, '192.0.2.2')).text()).toContain(
      'You are signed in',
    )
  })
})

it('pages of sign-in are of the requests that an address may send', async () => {
  // Of one a second for each of ten clients, an address may save up five seconds.
  const { open } = setUp(1)
  const statuses = new Set<number>()
  for (let place = 0; place < 51; place++) statuses.add((await open('/sign-in')).status)
  expect([...statuses]).toEqual([200, 429])
})

it('logout tokens that are none are counted, and fill no log', async () => {
  const { server, endByIssuer, count, logged } = setUp()
  endByIssuer.mockRejectedValue(new LogoutTokenRefused('the logout token is refused: it is no JWT'))
  const answer = await server.fetch(
    'http://api/sign-in/back-channel-logout',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'logout_token=x',
    },
    sentBy({ 'x-forwarded-for': '192.0.2.1' }),
  )
  expect(answer.status).toBe(400)
  expect(count).toHaveBeenCalledWith(
    '192.0.2.1',
    unauthenticated('the logout token is refused: it is no JWT'),
  )
  expect(logged).not.toHaveBeenCalled()
})
