import { describe, expect, it } from 'vitest'
import { createClientAddress } from '../limits/client-address.ts'
import { byRoles } from '../identity/roles-fixture.ts'
import { PROXY, sentBy, serve } from '../server-fixture.ts'

const slow = {
  limits: { questionsPerSecond: 1, clientMsPerSecond: 1_000, subscriptions: { all: 9, perClient: 9 } },
}
const SHORTEST = '{ __typename }'
const pause = (alias: string) => `${alias}: pauseIngestion(reason: "why") { __typename }`
const command = `mutation { ${pause('a')} }`
const page = (alias: string) => `${alias}: attempts(first: 500) { nodes { id eventAt outcome ip userId } }`

type Sent = { errors?: { extensions?: { code?: string } }[] } | { json: () => Promise<unknown> }

/** How many of these requests are answered until one is refused. */
async function answered(send: () => Promise<Sent>): Promise<number> {
  for (let count = 0; count < 100; count++) {
    const sent = await send()
    const answer = 'json' in sent ? await sent.json() : sent
    if (JSON.stringify(answer).includes('RATE_LIMITED')) return count
  }
  return Infinity
}

describe('what a request costs', () => {
  it('commands of one request are as many as they are', async () => {
    const { ask } = serve()
    const fifteen = `mutation { ${Array.from({ length: 15 }, (_, i) => pause(`c${i}`)).join(' ')} }`
    // 50 at once.
    expect(await answered(() => ask(fifteen))).toBe(3)
    expect(await answered(() => ask(command))).toBe(5)
  })

  it('is as much as it asks for: large pages cost more than small ones, and two cost twice as much', async () => {
    const of = (query: string) => {
      const { ask } = serve({ limits: { ...slow.limits, questionsPerSecond: 10 } })
      return answered(() => ask(query))
    }
    const [small, one, two] = [
      await of(SHORTEST),
      await of(`{ ${page('a')} }`),
      await of(`{ ${page('a')} ${page('b')} }`),
    ]
    expect(small).toBe(50)
    expect(one).toBeLessThan(small / 5)
    expect(two).toBeLessThan(one)
  })

  it('counts every root field, under any alias and in fragments, and more for the schema', async () => {
    const of = (query: string) => {
      const { ask } = serve({ limits: { ...slow.limits, questionsPerSecond: 6 } })
      return answered(() => ask(query))
    }
    expect(await of('{ a: __typename b: __typename c: __typename }')).toBe(10)
    expect(await of('{ ...F } fragment F on Query { a: __typename b: __typename c: __typename }')).toBe(10)
    expect(await of('{ __schema { queryType { name } } }')).toBe(3)
  })

  it('is counted however the question comes', async () => {
    const { server, post } = serve(slow)
    const url = `http://api/graphql?query=${encodeURIComponent(SHORTEST)}`
    const get = () => Promise.resolve(server.fetch(url, {}, sentBy()))
    const subscribe = () =>
      post({ query: 'subscription { batches(first: 1) { __typename } }' }, { accept: 'text/event-stream' })
    expect((await get()).status).toBe(200)
    const stream = await subscribe()
    expect(stream.status).toBe(200)
    await stream.body?.cancel()
    expect(await answered(get)).toBe(3)
    expect((await subscribe()).status).toBe(429)
  })

  it('is also counted for documents that cannot be run, which are then refused before they are parsed', async () => {
    const { ask } = serve(slow)
    for (let time = 0; time < 5; time++) {
      const broken = time % 2 === 0 ? `{ broken${time}` : `{ unknown${time} }`
      expect((await ask(broken)).errors?.[0]?.extensions?.['code']).toMatch(/^GRAPHQL_/)
    }
    expect((await ask('{ broken')).errors?.[0]?.extensions?.['code']).toBe('RATE_LIMITED')
  })
})

describe('a client that asks too often', () => {
  it('is told the cap, when to ask again and how to ask less; its commands still go through', async () => {
    const { post, ask } = serve(slow)
    expect(await answered(() => ask(SHORTEST))).toBe(5)
    const refused = await post({ query: SHORTEST })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({
      errors: [
        {
          message:
            'more than the cap of 1 questions a second: ask again in 1000 ms, or ask for less: each 500 of complexity count as one question',
          extensions: { code: 'RATE_LIMITED', cap: 1, retryAfterMs: 1000 },
        },
      ],
    })
    expect((await ask(command)).errors).toMatchObject([{ extensions: { code: 'UNEXPECTED' } }])
  })

  it('is another one at another address behind a trusted proxy, and nowhere else', async () => {
    const { ask } = serve(slow)
    await answered(() => ask(SHORTEST))
    const of = async (headers: Record<string, string>) => (await ask(SHORTEST, headers)).errors === undefined
    expect(await of({ 'x-rollcall-actor': 'somebody else' })).toBe(false)
    expect(await of({ 'x-forwarded-for': `192.0.2.1, ${PROXY}` })).toBe(true)
    const direct = serve({ ...slow, clientAddress: createClientAddress([]) })
    let others = 0
    const invent = () => direct.ask(SHORTEST, { 'x-forwarded-for': `192.0.2.${others++}` })
    expect(await answered(invent)).toBe(5)
  })

  it('is who it proves to be, at any address; those at one address together may send ten times as much', async () => {
    const identify = (headers: Headers) =>
      Promise.resolve({
        ...{ issuer: 'https://idp', subject: headers.get('authorization') ?? '', name: 'ann' },
        ...{ roles: ['viewer'] as const, validUntilMs: null },
      })
    const { ask } = serve({ ...slow, identity: { ...byRoles, identify } })
    let sent = 0
    const move = () => ask(SHORTEST, { authorization: 'ann', 'x-forwarded-for': `192.0.2.${sent++}` })
    expect(await answered(move)).toBe(5)
    expect(await answered(() => ask(SHORTEST, { authorization: 'bob' }))).toBe(5)
    let people = 0
    // 50 at once, of which bob sent 6.
    expect(await answered(() => ask(SHORTEST, { authorization: `somebody ${people++}` }))).toBe(44)
  })
})

it('a mutation whose fragments double is answered at once', async () => {
  const doubling = Array.from(
    { length: 100 },
    (_, i) => `fragment F${i} on Mutation { ...F${i + 1} ...F${i + 1} }`,
  )
  const last = `fragment F100 on Mutation { ${pause('a')} }`
  const { errors } = await serve().ask(`mutation { ...F0 } ${doubling.join(' ')} ${last}`)
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_COMPLEX' } }])
})
