import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { limits } from '../context/limits.ts'
import { as, byRoles } from '../identity/roles-fixture.ts'
import { failing, NOW_MS, serve } from '../server-fixture.ts'

type Answer = { status: number; text: string; close: () => void; closed: Promise<undefined> }

/**
 * A server whose database is away; `subscribe` returns the status, and what arrives until the first event is
 * whole.
 */
async function listening(...overrides: Parameters<typeof serve>) {
  const { server } = serve(...overrides)
  const http = createServer((incoming, response) => void server(incoming, response))
  onTestFinished(() => {
    void server.dispose()
    http.closeAllConnections()
    http.close()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const subscribe = async (query: string, headers: Record<string, string> = {}, variables = {}) => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const closed = Promise.withResolvers<undefined>()
    const all = { 'content-type': 'application/json', accept: 'text/event-stream', ...headers }
    const sent = request(
      { host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers: all },
      (response) => {
        let text = ''
        const done = () => {
          resolve({
            ...{ status: response.statusCode ?? 0, text, closed: closed.promise },
            close: () => response.destroy(),
          })
        }
        response.once('close', () => {
          closed.resolve(undefined)
          done()
        })
        response.on('data', (part: Buffer) => {
          text += part.toString()
          if (text.includes('data: ')) done()
        })
      },
    )
    // Of questions that are still waiting when the test ends.
    sent.on('error', () => undefined)
    sent.end(JSON.stringify({ query, variables }))
    return await promise
  }
  return { subscribe }
}

const head = 'subscription { batches { edges { cursor } } }'

it.each([
  [
    'an id that no event had',
    head,
    { 'last-event-id': '5' },
    400,
    'last-event-id must be the id of an event',
  ],
  ['a header of queries', head, { 'x-rollcall-max-staleness-ms': '5' }, 400, 'leave it out'],
  ['a reader of JSON alone', head, { accept: 'application/json' }, 406, 'send accept: text/event-stream'],
  ['a field that is not live', 'subscription { lineage { __typename } }', {}, 200, 'Cannot query field'],
  ['another page', 'subscription { batches(after: "x") { __typename } }', {}, 200, 'Unknown argument'],
  [
    'two at once',
    'subscription { a: batches { __typename } b: batches { __typename } }',
    {},
    200,
    'only one',
  ],
  ['no field', 'subscription { __typename }', {}, 200, 'introspection'],
])('is refused before it begins: %s', async (_, query, headers, status, message) => {
  const { subscribe } = await listening()
  const answer = await subscribe(query, headers)
  expect(answer.text).toContain(message)
  expect(answer.status).toBe(status)
})

it.each([
  ['a database that is away', head, 'DATABASE_UNAVAILABLE'],
  [
    'too much',
    'subscription { batches(first: 500) { edges { node { events(first: 500) { __typename } } } } }',
    'TOO_COMPLEX',
  ],
  [
    'a variable that is missing',
    'subscription Q($n: Int!) { batches(first: $n) { __typename } }',
    'BAD_VARIABLES',
  ],
])('is told in an event, and the subscription goes on: %s', async (_, query, code) => {
  const { subscribe } = await listening()
  const { status, text } = await subscribe(query)
  expect(status).toBe(200)
  expect(text).toMatch(new RegExp(`^(:\n\n)?event: next\ndata: .*"code":"${code}"`))
  expect(text).not.toContain('"http"')
  expect(text).not.toContain('complete')
})

it('more than a client or the API may have are refused, and each that ends makes room', async () => {
  const { subscribe } = await listening({
    limits: {
      questionsPerSecond: 1_000,
      clientMsPerSecond: 1_000,
      subscriptions: { all: 3, perClient: 2 },
    },
  })
  const as = (address: string) => subscribe(head, { 'x-forwarded-for': address })
  const [first] = [await as('192.0.2.1'), await as('192.0.2.1')]
  const refused = await as('192.0.2.1')
  expect(refused.status).toBe(429)
  expect(refused.text).toMatch(/you have 2 subscriptions.*"code":"RATE_LIMITED","cap":2/)
  expect((await as('192.0.2.2')).status).toBe(200)
  expect((await as('192.0.2.2')).text).toContain('this API has 3 subscriptions')
  first.close()
  await expect.poll(async () => (await as('192.0.2.1')).status).toBe(200)
})

it('more different questions than the API answers are refused, and the same ones are not', async () => {
  const most = limits.liveQuestions
  const { subscribe } = await listening({
    limits: {
      questionsPerSecond: 10_000,
      clientMsPerSecond: 1_000,
      subscriptions: { all: most * 2, perClient: most * 2 },
    },
  })
  const query = 'subscription Q($n: Int) { batches(first: $n) { __typename } }'
  const ask = (n: number) => subscribe(query, {}, { n })
  for (let n = 1; n <= most; n++) expect((await ask(n)).status).toBe(200)
  const refused = await ask(most + 1)
  expect(refused.text).toContain(`${most} different subscriptions`)
  expect(refused.status).toBe(429)
  expect((await ask(1)).status).toBe(200)
})

it('an expensive question waits for its turn without a connection', async () => {
  const opened = vi.fn(() => new Promise<never>(() => undefined))
  const { subscribe } = await listening({ router: { ...failing(new Error()), withReadNode: opened } })
  const expensive = '{ retention(from: "2026-01-05", to: "2026-02-02") { cohorts { users } } }'
  void subscribe(expensive, { 'x-forwarded-for': '192.0.2.1' })
  void subscribe(expensive, { 'x-forwarded-for': '192.0.2.2' })
  await expect.poll(() => opened.mock.calls.length).toBe(2)
  void subscribe(`subscription ${expensive}`)
  await subscribe(head.replace('batches', 'unknown'))
  expect(opened).toHaveBeenCalledTimes(2)
})

it('expensive questions of one subscriber leave others their turn', async () => {
  const opened = vi.fn(() => new Promise<never>(() => undefined))
  const { subscribe } = await listening({ router: { ...failing(new Error()), withReadNode: opened } })
  const expensive = (to: string) => `{ retention(from: "2026-01-05", to: "${to}") { cohorts { users } } }`
  const greedy = { 'x-forwarded-for': '192.0.2.1' }
  for (const to of ['2026-02-02', '2026-02-09', '2026-02-16'])
    void subscribe(`subscription ${expensive(to)}`, greedy)
  await expect.poll(() => opened.mock.calls.length).toBe(1)
  void subscribe(expensive('2026-02-02'), { 'x-forwarded-for': '192.0.2.2' })
  await expect.poll(() => opened.mock.calls.length).toBe(2)
})

describe('a subscription of somebody who has proven who they are', () => {
  it('ends when the proof does, and not before', async () => {
    const identify = async (headers: Headers, address: string) => ({
      ...(await byRoles.identify(headers, address)),
      validUntilMs: NOW_MS + Number(headers.get('x-lasts')),
    })
    const { subscribe } = await listening({ identity: { ...byRoles, identify } })
    const lasting = await subscribe(head, { ...as('viewer'), 'x-lasts': '600000' })
    const short = await subscribe(head, { ...as('viewer'), 'x-lasts': '100' })
    await short.closed
    const isOpen = await Promise.race([lasting.closed, Promise.resolve('open')])
    expect(isOpen).toBe('open')
  })

  it('is answered by their own roles, beside others who ask the same', async () => {
    const { subscribe } = await listening({ identity: byRoles })
    const audit = 'subscription { controlEvents { edges { cursor } } }'
    const operator = await subscribe(audit, as('operator'))
    const viewer = await subscribe(audit, as('viewer'))
    const both = await subscribe(audit, as('viewer', 'operator'))
    expect(operator.text).toContain('"code":"DATABASE_UNAVAILABLE"')
    expect(viewer.text).toContain('"code":"FORBIDDEN"')
    expect(both.text).toContain('"code":"DATABASE_UNAVAILABLE"')
  })
})
