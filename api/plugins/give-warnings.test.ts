import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { expect, it } from 'vitest'
import type { Warning } from '../context/warnings.ts'
import { giveWarnings } from './give-warnings.ts'

const warning: Warning = {
  code: 'UNKNOWN_VALUE',
  path: ['logins'],
  argument: 'filter.locale.in',
  message: '"ZG": no known locale, and matches nothing',
}

const field = (isKnown: boolean) => ({
  type: GraphQLInt,
  resolve: (_: unknown, __: unknown, { warnings }: { warnings: Warning[] }) => {
    if (!isKnown) warnings.push(warning)
    return 0
  },
})

const yoga = createYoga({
  schema: new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { logins: field(false), users: field(true) } }),
  }),
  context: () => ({ warnings: [] }),
  plugins: [giveWarnings],
})

const ask = async (query: string): Promise<unknown> => {
  const response = await yoga.fetch('http://api/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return await response.json()
}

it('a warning is beside the answer that it is about, and no answer else has any', async () => {
  expect(await ask('{ logins }')).toEqual({ data: { logins: 0 }, extensions: { warnings: [warning] } })
  expect(await ask('{ users }')).toEqual({ data: { users: 0 } })
})
