import { expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import { MemberSet } from './member-set.ts'
import { hasAnyOf, listedNumbers, numbersOfChunk, numbersWithin, packedNumbers } from './read-numbers.ts'

const bytesOf = (numbers: readonly number[]) =>
  Uint8Array.from(numbers.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]))

it.each([100, 70_000, 400_000])(
  'numbers below %i are read from packed sets, few or many of a block',
  (most) => {
    const random = randomOf(most)
    const numbers = [...new Set(Array.from({ length: 9_000 }, () => Math.floor(random() * most)))].sort(
      (a, b) => a - b,
    )
    const set = new MemberSet()
    for (const number of numbers) set.add(number)
    const packed = set.pack()
    expect([...packedNumbers(packed)]).toEqual(numbers)
    const isThere = new Set(numbers)
    for (let number = 0; number < most; number += 1 + Math.floor(random() * 50))
      expect(hasAnyOf(packed, [2 * most, number])).toBe(isThere.has(number))
  },
)

it('numbers are read from lists, those of some minutes alone if asked for', () => {
  const numbers = bytesOf([7, 300, 70_000, 16_777_216, 7])
  expect([...listedNumbers(numbers)]).toEqual([7, 300, 70_000, 16_777_216, 7])
  const minutes = Uint8Array.of(0, 14, 15, 29, 30)
  expect([...numbersWithin(numbers, minutes, { from: 14, to: 30 })]).toEqual([300, 70_000, 16_777_216])
})

it('numbers of a chunk of a bitmap begin with its first bit, the leftmost one', () => {
  expect([...numbersOfChunk(2, Uint8Array.of(0b1000_0001, 0, 0b0100_0000))]).toEqual([65_536, 65_543, 65_553])
})
