import { describe, expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'

const hidden = () => serve({ explorer: { introspection: false, graphiql: false } })
const messageOf = async (api: ReturnType<typeof serve>, query: string) =>
  (await api.ask(query)).errors?.[0]?.message

describe('an API that does not show its schema', () => {
  it.each([
    '{ __schema { types { name } } }',
    '{ a: __type(name: "Query") { fields { name } } }',
    '{ ... on Query { __schema { queryType { name } } } }',
    '{ ...F } fragment F on Query { __type(name: "Query") { name } }',
    '{ __typename __schema { __typename } }',
  ])('refuses questions about it: %s', async (query) => {
    const { ask } = hidden()
    const { data, errors } = await ask(query)
    expect(data).toBeUndefined()
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('API_INTROSPECTION') as string,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
    expect((await serve().ask(query)).errors).toBeUndefined()
  })

  it('answers __typename, which clients need', async () => {
    expect((await hidden().ask('{ __typename }')).data).toEqual({ __typename: 'Query' })
  })

  it.each([
    ['{ mesures { to } }', 'measures'],
    ['{ measures(bucke: DAY) { to } }', 'bucket'],
    ['{ measures(bucket: DAYS) { to } }', 'DAY'],
    ['query ($b: Buckt) { measures(bucket: $b) { to } }', 'Bucket"'],
    ['{ measures(filter: { locales: "de" }) { to } }', 'locale"'],
    ['{ measures }', '{ ... }'],
    ['fragment F on Querry { to } { ...F }', 'Query"'],
  ])('suggests nothing that it has, and one that shows it does: %s', async (query, suggested) => {
    expect(await messageOf(hidden(), query)).toBeDefined()
    expect(await messageOf(hidden(), query)).not.toMatch(/did you mean/i)
    expect(await messageOf(hidden(), query)).not.toContain(` ${suggested}`)
    expect(await messageOf(serve(), query)).toMatch(/did you mean| has /i)
  })

  it('says the same of variables', async () => {
    const ask = { query: 'query ($b: Bucket) { measures(bucket: $b) { to } }', variables: { b: 'DAYS' } }
    const [one, other] = [await (await hidden().post(ask)).text(), await (await serve().post(ask)).text()]
    expect(one).not.toMatch(/did you mean|MINUTE/i)
    expect(other).toMatch(/did you mean/i)
  })
})
