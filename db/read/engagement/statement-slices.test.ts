import { expect, it } from 'vitest'
import { CHUNK_BITS } from '../../../domain/engagement/bitmap.ts'
import { bitmapsAtOnce, slicesOf } from './statement-slices.ts'

it('a statement sends two thousand chunks of bitmaps at most, but always one bitmap', () => {
  expect(bitmapsAtOnce(0)).toBe(2_000)
  expect(bitmapsAtOnce(1)).toBe(2_000)
  expect(bitmapsAtOnce(9 * CHUNK_BITS + 1)).toBe(200)
  expect(bitmapsAtOnce(5_000 * CHUNK_BITS)).toBe(1)
  expect(slicesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(slicesOf([], 2)).toEqual([])
})
