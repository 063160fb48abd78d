import { expect, test } from 'vitest'
import { BitmapMembers, CHUNK_BITS, sparseHex } from './bitmap.ts'

test('bit 0 is the leftmost one, and zeros around the bits are left out', () => {
  expect(sparseHex([0])).toEqual({ zeroBytes: 0, hex: '80' })
  expect(sparseHex([17, 8, 17])).toEqual({ zeroBytes: 1, hex: '8040' })
  expect(sparseHex([CHUNK_BITS - 1])).toEqual({ zeroBytes: CHUNK_BITS / 8 - 1, hex: '01' })
})

test('a number is found in its chunk of its bitmap, whoever asks for the bitmap again', () => {
  const members = new BitmapMembers<string>()
  members.bitmap('b', 'B')(CHUNK_BITS + 3)
  members.bitmap('a', 'A')(5)
  members.bitmap('b', 'B')(7)
  expect(members.chunks()).toEqual([
    { name: 'A', chunk: 0, bits: [5] },
    { name: 'B', chunk: 0, bits: [7] },
    { name: 'B', chunk: 1, bits: [3] },
  ])
})
