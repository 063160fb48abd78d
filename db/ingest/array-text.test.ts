import { expect, test } from 'vitest'
import { arrayText } from './array-text.ts'

test('values that mean something to Postgres are quoted, whatever they hold', () => {
  expect(arrayText([])).toBe('{}')
  expect(arrayText(['2.3.0', '', 'NULL', 'a,b', '{c}'])).toBe('{"2.3.0","","NULL","a,b","{c}"}')
  expect(arrayText(['say "so"', String.raw`back\slash`])).toBe(String.raw`{"say \"so\"","back\\slash"}`)
})
