import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { rootFields } from './operation.ts'

const namesIn = (text: string) => rootFields({ document: parse(text) }).map(({ name }) => name.value)

it('finds the fields that a request asks for, whatever fragments and aliases they stand in', () => {
  const mutation = `
    mutation { a: pause ... on Mutation { b: pause c: resume { deep } } ...F }
    fragment F on Mutation { d: pause ...G }
    fragment G on Mutation { e: pause }`
  expect(namesIn(mutation)).toEqual(['pause', 'pause', 'resume', 'pause', 'pause'])
  expect(namesIn('fragment F on Query { a }')).toEqual([])
})

it('visits each fragment once, so that fragments which double take no longer than others', () => {
  const doubling = Array.from(
    { length: 100 },
    (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
  )
  expect(namesIn(`{ ...F0 } ${doubling.join(' ')} fragment F100 on Query { a }`)).toEqual(['a'])
})
