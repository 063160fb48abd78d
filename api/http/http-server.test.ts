import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApiServer } from './http-server.ts'
import { serve } from '../server-fixture.ts'

/** An API that listens. `open` connects to it, and `send` returns what it answers to a text. */
async function listening(allowedHosts: string[] = []) {
  const { server, logged } = serve()
  const logger = { error: logged, warn: logged, info: logged }
  const http = createApiServer(server, logger, allowedHosts)
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const open = async (): Promise<{ socket: Socket; answer: Promise<string> }> => {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => {
      socket.destroy()
    })
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('connect', resolve))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    const answer = new Promise<string>((resolve) =>
      socket.once('close', () => {
        resolve(Buffer.concat(chunks).toString())
      }),
    )
    return { socket, answer }
  }
  const send = async (text: string) => {
    const { socket, answer } = await open()
    socket.write(text)
    return await answer
  }
  return { open, send, logged }
}

const post = (body: string, headers: Record<string, string> = {}) => {
  const all = { host: 'localhost:4000', 'content-type': 'application/json', connection: 'close', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST /graphql HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
const question = JSON.stringify({ query: '{ __typename }' })
const statusOf = (answer: string) => Number(answer.split(' ')[1])

describe('a name that is not the API’s', () => {
  it.each([
    ['an address', '127.0.0.1:4000'],
    ['an address of IPv6', '[::1]:4000'],
    ['localhost', 'LOCALHOST'],
    ['a name of localhost', 'rollcall.localhost:4000'],
    ['a name that is allowed', 'Rollcall.example:443'],
  ])('is refused, and its own are answered: %s', async (_, host) => {
    const { send } = await listening(['rollcall.example'])
    expect(statusOf(await send(post(question, { host })))).toBe(200)
    for (const evil of [`evil.example`, `127.0.0.1.evil.example`, `rollcall.example.evil`, 'evil@', 'a b']) {
      const answer = await send(post(question, { host: evil }))
      expect([400, 421], evil).toContain(statusOf(answer))
      expect(answer).not.toContain('__typename":"Query')
    }
    expect(await send(post(question, { host: 'evil.example' }))).toContain(
      'add the name to API_ALLOWED_HOSTS',
    )
  })

  it('is answered by the probes, which orchestrators ask by any name', async () => {
    const { send } = await listening()
    for (const path of ['/health', '/ready'])
      expect(statusOf(await send(`GET ${path} HTTP/1.1\r\nhost: api\r\nconnection: close\r\n\r\n`))).toBe(200)
    const page = `GET /graphql HTTP/1.1\r\nhost: evil.example\r\naccept: text/html\r\nconnection: close\r\n\r\n`
    expect(statusOf(await send(page))).toBe(421)
  })
})

describe('a target that is no path', () => {
  it.each(['http://127.0.0.1:4000/graphql', '*', 'graphql', 'evil.example:80'])(
    'is refused without a word of this machine: %s',
    async (target) => {
      const { send } = await listening()
      const answer = await send(post(question).replace('/graphql', target))
      expect(statusOf(answer)).toBe(400)
      expect(answer).not.toMatch(/at .*\.[jt]s|node_modules/)
    },
  )

  it('is none that a name carries', async () => {
    const { send } = await listening()
    const answer = await send(
      post(question, { host: 'evil.example/graphql#' }).replace('/graphql H', '/ready H'),
    )
    expect(statusOf(answer)).toBe(400)
  })
})

describe('a page of another origin', () => {
  it('is refused, and the own one and allowed ones are answered', async () => {
    const { send } = await listening(['dashboards.example'])
    const ask = async (origin: string) => statusOf(await send(post(question, { origin })))
    expect(await ask('http://localhost:4000')).toBe(200)
    expect(await ask('https://dashboards.example')).toBe(200)
    for (const origin of [
      'http://evil.example',
      'http://localhost:3000',
      'null',
      'file://',
      'https://localhost',
    ])
      expect(await ask(origin), origin).toBe(403)
  })
})

describe('a body', () => {
  it('that is too large is refused before it is sent, and not read on', async () => {
    const { open } = await listening()
    const { socket, answer } = await open()
    socket.write(post('x'.repeat(10), {}).replace('content-length: 10', 'content-length: 1000000000'))
    const sending = setInterval(() => socket.write('x'.repeat(65_536)), 1)
    const text = await answer
    clearInterval(sending)
    expect(statusOf(text)).toBe(413)
    expect(text).toContain('larger than the cap of 262144 bytes')
  })

  it('of unknown length is cut at the cap', async () => {
    const { open } = await listening()
    const { socket, answer } = await open()
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const chunk = 'x'.repeat(65_536)
    const sending = setInterval(() => socket.write(`10000\r\n${chunk}\r\n`), 1)
    const text = await answer
    clearInterval(sending)
    expect(statusOf(text)).toBe(413)
  })

  it.each([
    ['headers', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: '],
    ['a body', post(question + ' '.repeat(1_000)).slice(0, -1_000)],
  ])('that is sent for ever is ended in time, and others are answered meanwhile: %s', async (_, start) => {
    const { open, send, logged } = await listening()
    const slow = Array.from({ length: 50 }, async () => {
      const { socket, answer } = await open()
      socket.write(start)
      const dripping = setInterval(() => socket.write('x'), 2_000)
      onTestFinished(() => {
        clearInterval(dripping)
      })
      return await answer
    })
    expect(statusOf(await send(post(question)))).toBe(200)
    for (const answer of await Promise.all(slow)) {
      expect(statusOf(answer)).toBe(408)
      expect(answer).toContain('all of the request within 15 s')
    }
    expect(logged).not.toHaveBeenCalled()
  })

  it.each([
    ['no JSON', '{"query":'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['nothing', ''],
    ['variables that are a list', '{"query":"{ __typename }","variables":[1]}'],
    [
      '30,000 objects in each other',
      `{"query":"{ __typename }","variables":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}}`,
    ],
    [
      '60,000 lists in each other',
      `{"query":"{ __typename }","variables":{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`,
    ],
    [
      'extensions in each other',
      `{"query":"{ __typename }","extensions":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}}`,
    ],
  ])('that makes no sense is refused with what is wrong: %s', async (_, body) => {
    const { send, logged } = await listening()
    const answer = await send(post(body))
    expect(statusOf(answer)).toBe(400)
    expect(answer).toMatch(/"message":"[^"]{10}/)
    expect(logged).not.toHaveBeenCalled()
  })

  it.each([
    ['the same key twice', '{"query":"{ x }","query":"{ __typename }"}'],
    ['a list of 50,000 values', `{"query":"{ __typename }","variables":{"a":[${'0,'.repeat(50_000)}0]}}`],
    [
      '50,000 variables',
      `{"query":"{ __typename }","variables":{${Array.from({ length: 18_000 }, (_, i) => `"v${i}":0`).join()}}}`,
    ],
    [
      'a key that objects have',
      '{"query":"{ __typename }","variables":{"__proto__":{"a":1},"constructor":1}}',
    ],
  ])('that is odd but says something is answered: %s', async (_, body) => {
    const { send } = await listening()
    expect(statusOf(await send(post(body)))).toBe(200)
  })
})

describe('a query', () => {
  const spread = (name: string) => `...${name}`
  const cyclic = Array.from(
    { length: 300 },
    (_, i) => `fragment F${i} on Query { ${spread(`F${(i + 1) % 300}`)} }`,
  )
  const doubling = Array.from(
    { length: 100 },
    (_, i) => `fragment F${i} on Query { ${spread(`F${i + 1}`)} ${spread(`F${i + 1}`)} }`,
  )
  const types = (depth: number): string => (depth === 0 ? 'name' : `fields { type { ${types(depth - 1)} } }`)
  it.each([
    ['fragments in a circle', `{ ...F0 } ${cyclic.join(' ')}`],
    [
      'fragments that double',
      `{ ...F0 } ${doubling.join(' ')} fragment F100 on Query { alerts { __typename } }`,
    ],
    ['one field 1,900 times', `{ ${'ingestion '.repeat(1_900)} }`],
    ['fields in each other', `{ ingestion ${'{ a '.repeat(900)} ${'}'.repeat(900)} }`],
    ['introspection in itself', `{ __schema { types { ${types(12)} } } }`],
    [
      'lists in each other',
      `{ uniques(filter: { locales: ${'['.repeat(900)}${']'.repeat(900)} }) { __typename } }`,
    ],
  ])('that would take for ever is refused in time: %s', async (_, query) => {
    const { send, logged } = await listening()
    const answer = await send(post(JSON.stringify({ query })))
    expect(answer).toContain('"errors"')
    expect(logged).not.toHaveBeenCalled()
  })
})

it.each([
  ['no HTTP', 'HELO\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', post(question).replace('content-length', 'content-length: 1\r\ncontent-length'), 400],
  ['a length and chunks', post(question, { 'transfer-encoding': 'chunked' }), 400],
])('what no client sends is refused: %s', async (_, text, status) => {
  const { send, logged } = await listening()
  const answer = await send(text)
  expect(statusOf(answer)).toBe(status)
  expect(answer).toContain('"message"')
  expect(logged).not.toHaveBeenCalled()
})
