import { expect, test } from 'vitest'
import { failureOf, rowsOf } from './ask.ts'

test('rows of an answer are the elements of its innermost lists', () => {
  const points = [{ start: 'a', logins: 1 }]
  expect(
    rowsOf({
      answer: { series: [{ peak: { logins: 1 }, points: [...points, ...points] }, { points }], to: 'b' },
    }),
  ).toBe(3)
  expect(rowsOf({ answer: { edges: [] } })).toBe(0)
  expect(rowsOf({ answer: { points: [{ reasons: [] }, { reasons: ['a', 'b'] }] } })).toBe(3)
  expect(rowsOf({ answer: { id: '1' } })).toBe(1)
})

test('an answer that is an error of the schema, an error of GraphQL or nothing at all is no answer', () => {
  expect(failureOf({ data: { answer: { __typename: 'LoginCounts' } } })).toBeNull()
  expect(failureOf({ data: { answer: { __typename: 'TooManyRowsError', message: 'too many' } } })).toContain(
    'too many',
  )
  expect(failureOf({ data: { a: { __typename: 'Batch' }, b: { __typename: 'NotFoundError' } } })).toContain(
    'NotFound',
  )
  expect(failureOf({ data: null, errors: [{ message: 'no' }] })).toContain('no')
  expect(failureOf({ data: { answer: null } })).toContain('null')
})
