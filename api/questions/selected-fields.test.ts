import { buildSchema, graphql, type GraphQLResolveInfo } from 'graphql'
import { expect, it } from 'vitest'
import { selectedFields } from './selected-fields.ts'

const schema = buildSchema(`
  interface Measured { logins: Int, share(of: String! = "logins", within: [String!]): Float }
  type Point implements Measured { logins: Int, share(of: String! = "logins", within: [String!]): Float }
  type Answer { points: [Point!]!, total: Point }
  type Query { answer: Answer }
`)

it('fields are found under aliases and in fragments, unless left out, with their arguments and the defaults of these', async () => {
  let found: unknown = null
  const answer = (_: unknown, __: unknown, info: GraphQLResolveInfo) => {
    found = selectedFields(info).map(({ path, args }) => [path.join('.'), args])
    return null
  }
  const source = `
    query ($of: String = "users", $isWanted: Boolean = false) {
      answer {
        points @include(if: $isWanted) { logins }
        ... @skip(if: true) { total { logins } }
        __typename
        some: points { ...Shares }
        ... on Answer { total { a: share b: share(of: $of, within: ["x"]) } } }
    }
    fragment Shares on Measured { logins share(of: "failures") }`
  expect((await graphql({ schema, source, rootValue: { answer } })).errors).toBeUndefined()
  expect(found).toEqual([
    ['points', {}],
    ['points.logins', {}],
    ['points.share', { of: 'failures' }],
    ['total', {}],
    ['total.share', { of: 'logins' }],
    ['total.share', { of: 'users', within: ['x'] }],
  ])
})
