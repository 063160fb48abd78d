import { describe, expect, it } from 'vitest'
import { unauthenticated } from '../context/refused-identity.ts'
import type { IdentityProvider } from '../identity/identify.ts'
import { NOW_MS, serve } from '../server-fixture.ts'

const identity: IdentityProvider = {
  mode: 'oidc',
  identify: (headers) =>
    headers.get('authorization')?.startsWith('Bearer good') === true
      ? Promise.resolve({ issuer: 'i', subject: 's', name: 'n', roles: ['viewer'], validUntilMs: null })
      : Promise.reject(unauthenticated('the token is not valid')),
  check: () => Promise.resolve(undefined),
}

function setUp() {
  let nowMs = NOW_MS
  const refused: string[] = []
  const { post } = serve({
    ...{ identity, clock: () => nowMs },
    refusals: {
      count: (address, { code }) => refused.push(`${address} ${code}`),
      flush: () => Promise.resolve(),
    },
  })
  const send = (token: string | null, address = '192.0.2.1') =>
    post(
      { query: '{ __typename }' },
      { 'x-forwarded-for': address, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    )
  const fail = async (token: string | null) => {
    const statuses: number[] = []
    for (let time = 0; time < 150; time++) statuses.push((await send(token)).status)
    return statuses
  }
  const later = (ms: number) => (nowMs += ms)
  return { send, fail, later, refused }
}

describe('an address whose requests fail to prove who sent them', () => {
  it('is refused for a while before anything is looked into, and told when to come back', async () => {
    const { send, fail, later } = setUp()
    const statuses = await fail('bad')
    expect([statuses.indexOf(429), statuses.lastIndexOf(401)]).toEqual([100, 99])
    const refused = await send('bad')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 200 } }],
    })
    later(200)
    expect((await send('bad')).status).toBe(401)
  })

  it('does not keep out who was known there, who is elsewhere, or who comes with no proof at all', async () => {
    const { send, fail } = setUp()
    expect((await send('good 1')).status).toBe(200)
    await fail('bad')
    expect((await send('good 1')).status).toBe(200)
    expect((await send('good 2')).status).toBe(429)
    expect((await send('good 2', '192.0.2.2')).status).toBe(200)
    expect((await send(null)).status).toBe(401)
  })

  it('is counted for the audit under both reasons', async () => {
    const { fail, refused } = setUp()
    await fail('bad')
    expect(Map.groupBy(refused, (one) => one)).toEqual(
      new Map([
        ['192.0.2.1 UNAUTHENTICATED', Array.from({ length: 100 }, () => '192.0.2.1 UNAUTHENTICATED')],
        ['192.0.2.1 TOO_MANY_ATTEMPTS', Array.from({ length: 50 }, () => '192.0.2.1 TOO_MANY_ATTEMPTS')],
      ]),
    )
  })

  it('does not keep out who comes with a token by requests without one', async () => {
    const { send, fail } = setUp()
    expect((await fail(null)).at(-1)).toBe(429)
    expect((await send('good 1')).status).toBe(200)
  })
})
