import { expect, it } from 'vitest'
import { numbersIn } from './numbers-in.ts'

it('numbers are read as they are written, up to 2^53', () => {
  const numbers = [0, 7, -7, 10, 99_999, -1_000_000, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0]
  expect(numbersIn(numbers.join())).toEqual(numbers)
  expect(numbersIn('42')).toEqual([42])
})
