import { expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'

const pause = (alias: string) => `${alias}: pauseIngestion(reason: "why") { __typename }`

it('commands of one request are as many as they are', async () => {
  const { ask } = serve()
  const fifteen = `mutation { ${Array.from({ length: 15 }, (_, i) => pause(`c${i}`)).join(' ')} }`
  const codes = []
  for (let request = 0; request < 5; request++)
    codes.push((await ask(fifteen)).errors?.[0]?.extensions?.['code'])
  // 50 at once.
  expect(codes.slice(0, 3)).not.toContain('RATE_LIMITED')
  expect(codes.slice(3)).toEqual(['RATE_LIMITED', 'RATE_LIMITED'])
})

const command = 'mutation { pauseIngestion(reason: "why") { __typename } }'

it('a client that asks too often is told the cap, when to ask again and how to ask less; its commands still go through', async () => {
  const { post, ask } = serve({ limits: { questionsPerSecond: 1, subscriptions: { all: 1, perClient: 1 } } })
  for (let question = 0; question < 5; question++)
    expect((await ask('{ __typename }')).errors).toBeUndefined()
  const refused = await post({ query: '{ __typename }' })
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toMatchObject({
    errors: [
      {
        message:
          'more than the cap of 1 questions a second: ask again in 1000 ms, or ask for several fields in one request',
        extensions: { code: 'RATE_LIMITED', cap: 1, retryAfterMs: 1000 },
      },
    ],
  })
  const refusedTo = async (headers: Record<string, string>) =>
    (await ask('{ __typename }', headers)).errors !== undefined
  expect(await refusedTo({ 'x-rollcall-actor': 'somebody else' })).toBe(true)
  expect(await refusedTo({ 'x-forwarded-for': '192.0.2.1' })).toBe(false)
  expect((await ask(command)).errors).toMatchObject([{ extensions: { code: 'UNEXPECTED' } }])
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
