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

test('an answer with an error or with nothing is no answer', () => {
  expect(failureOf({ data: { answer: { series: [] } } })).toBeNull()
  expect(failureOf({ data: { a: { id: '1' }, b: null } })).toContain('"b":null')
  expect(failureOf({})).toBe('null')
  expect(failureOf({ data: null, errors: [{ message: 'no' }] })).toContain('no')
  expect(failureOf({ data: { answer: null } })).toContain('null')
})
