import { expect, test } from 'vitest'
import { turns } from './turns.ts'

test('two programs take turns, and none is always the first', () => {
  expect(turns(3, ['a', 'b'])).toEqual(['a', 'b', 'b', 'a', 'a', 'b'])
  expect(turns(2, ['a'])).toEqual(['a', 'a'])
})
