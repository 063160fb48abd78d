import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { rootFields } from './operation.ts'

it('counts the fields that a request asks for, whatever fragments and aliases they stand in', () => {
  const document = parse(`
    mutation { a: pause ... on Mutation { b: pause c: resume { deep } } ...F }
    fragment F on Mutation { d: pause ...G }
    fragment G on Mutation { e: pause }`)
  expect(rootFields({ document })).toBe(5)
  expect(rootFields({ document: parse('fragment F on Query { a }') })).toBe(0)
})
