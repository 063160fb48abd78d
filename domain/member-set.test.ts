import { expect, test } from 'vitest'
import { fraction, sfc32 } from '../generator/sfc32.ts'
import { CHUNK_BITS, sparseHex } from './bitmap.ts'
import { MemberSet } from './member-set.ts'

const bytesOf = (numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 4)
  numbers.forEach((number, place) => bytes.writeInt32BE(number, place * 4))
  return bytes
}

test('whoever is added in several ways counts once', () => {
  const members = new MemberSet()
  expect(members.size).toBe(0)
  members.add(0)
  members.addNumbers(bytesOf([7, 8, 2 * CHUNK_BITS + 1, 7]))
  const { zeroBytes, hex } = sparseHex([1, 30_000])
  const bits = Buffer.concat([Buffer.alloc(zeroBytes), Buffer.from(hex, 'hex')])
  members.addBits(0, bits)
  members.addBits(2, bits)
  members.addNumbersOf(bytesOf([100, 101, 102, 103, 104]), Uint8Array.of(4, 5, 6, 9, 10), { from: 5, to: 10 })
  const expected = [0, 1, 7, 8, 101, 102, 103, 30_000, 2 * CHUNK_BITS + 1, 2 * CHUNK_BITS + 30_000]
  expect(members.size).toBe(expected.length)
  // The largest is written as bits, too: every number is there already.
  members.addNumbers(bytesOf(expected))
  expect(members.size).toBe(expected.length)
})

test('gaps are written in as few bytes as they need', () => {
  const members = new MemberSet()
  expect(members.gaps()).toEqual(new Uint8Array())
  for (const number of [127, 0, 254, 255, 383, 383 + 128 * 128]) members.add(number)
  expect([...members.gaps()]).toEqual([1, 127, 127, 1, 128, 1, 128, 128, 1])
})

test.each([1, 2, 3, 4])('a set is made anew from its gaps, and added to what is there (seed %i)', (seed) => {
  const random = sfc32(seed, 0)
  const span = [50, 5_000, 1_000_000, 50_000_000][seed - 1] ?? 0
  const numbers = Array.from({ length: 2_000 }, () => Math.floor(fraction(random) * span))
  const [first, second] = [new MemberSet(), new MemberSet()]
  for (const [place, number] of numbers.entries()) (place % 2 === 0 ? first : second).add(number)
  const both = new MemberSet()
  both.addGaps(first.gaps())
  expect(both.size).toBe(first.size)
  both.addGaps(second.gaps())
  expect(both.size).toBe(new Set(numbers).size)
  both.addNumbers(bytesOf(numbers))
  expect(both.size).toBe(new Set(numbers).size)
})
