import { describe, expect, it, onTestFinished } from 'vitest'
import { listening, post, question, statusOf } from './listening-fixture.ts'

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
      `{ measures(filter: { users: ${'['.repeat(900)}${']'.repeat(900)} }) { __typename } }`,
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
  ['a URL without end', `GET /graphql?query=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 431],
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
