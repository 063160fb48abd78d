import { parse, print, validate } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../schema/schema.ts'
import { asQuery } from './as-query.ts'

const document = parse(`
  subscription S($first: Int = 5) { ...Head ... on Subscription { __typename @skip(if: true) } }
  fragment Head on Subscription { batches(first: $first) { __typename } }
`)

it('a subscription becomes the query of the same name, variables and fields', () => {
  const query = asQuery(document)
  expect(validate(schema, query)).toEqual([])
  expect(print(query)).toContain('query S($first: Int = 5)')
  expect(print(query)).toContain('fragment Head on Query')
})

it('every subscription has the name, the type and some of the arguments of a question', () => {
  const [questions, subscriptions] = [schema.getQueryType(), schema.getSubscriptionType()].map(
    (type) => type?.getFields() ?? {},
  )
  expect(Object.keys(subscriptions ?? {}).length).toBeGreaterThan(10)
  for (const [name, field] of Object.entries(subscriptions ?? {})) {
    const question = questions?.[name]
    expect(field.type).toBe(question?.type)
    for (const arg of field.args)
      expect(question?.args.find((one) => one.name === arg.name)?.type).toBe(arg.type)
  }
})
