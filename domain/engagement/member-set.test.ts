import { expect, test } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { CHUNK_BITS, sparseHex } from './bitmap.ts'
import { MemberSet } from './member-set.ts'
import { packedNumbers } from './read-numbers.ts'

test('whoever is added in several ways counts once', () => {
  const members = new MemberSet()
  expect(members.size).toBe(0)
  members.add(0)
  members.addAll(Int32Array.of(7, 8, 2 * CHUNK_BITS + 1, 7))
  const { zeroBytes, hex } = sparseHex([1, 30_000])
  const bits = Buffer.concat([Buffer.alloc(zeroBytes), Buffer.from(hex, 'hex')])
  members.addBits(0, bits)
  members.addBits(2, bits)
  const expected = [0, 1, 7, 8, 30_000, 2 * CHUNK_BITS + 1, 2 * CHUNK_BITS + 30_000]
  expect(members.size).toBe(expected.length)
  // The largest list covers bits that are set already, so it adds nobody.
  members.addAll(Int32Array.from(expected))
  expect(members.size).toBe(expected.length)
})

test('a block is packed as its members, or as its bits where those are shorter', () => {
  const members = new MemberSet()
  expect([...members.pack()]).toEqual([0, 0])
  for (const number of [0x10203, 5, 0x30000]) members.add(number)
  expect([...members.pack()]).toEqual([0, 1, 0, 5, 0, 1, 2, 3, 0, 0, 0, 1, 0, 0])
  const dense = new MemberSet()
  for (let number = 0; number < 4_096; number++) dense.add(number * 16)
  expect(dense.pack()).toHaveLength(2 + 2 * 4_096)
  dense.add(1)
  expect(dense.pack()).toHaveLength(2 + 65_536 / 8)
  expect([...dense.pack().subarray(0, 4)]).toEqual([16, 1, 192, 0])
})

// Sparse, dense and full blocks.
test.each([
  [50, 2_000],
  [60_000, 30_000],
  [300_000, 2_000_000],
  [10_000_000, 2_000],
])('a set below %i is made anew from what it was packed as, and added to what is there', (span, count) => {
  const random = sfc32(span, 0)
  const numbers = Array.from({ length: count }, () => Math.floor(fraction(random) * span))
  const [first, second] = [new MemberSet(), new MemberSet()]
  for (const [place, number] of numbers.entries()) (place % 2 === 0 ? first : second).add(number)
  const both = new MemberSet()
  both.addAll(packedNumbers(first.pack()))
  expect(both.size).toBe(first.size)
  expect(both.pack()).toEqual(first.pack())
  both.addAll(packedNumbers(second.pack()))
  expect(both.size).toBe(new Set(numbers).size)
  both.addAll(Int32Array.from(numbers))
  expect(both.size).toBe(new Set(numbers).size)
})

test('a block that has everybody is packed, too', () => {
  const members = new MemberSet()
  for (let number = 0; number < 65_536; number++) members.add(number)
  const again = new MemberSet()
  again.addAll(packedNumbers(members.pack()))
  expect(again.size).toBe(65_536)
})
