import { expect, it } from 'vitest'
import { countingSort } from './counting-sort.ts'

it('puts numbers in order of their keys, and keeps the order of those with the same key', () => {
  const keys = [2, 0, 1, 0, 3, 2]
  const sorted = countingSort(Int32Array.of(5, 4, 3, 2, 1, 0), 4, (number) => keys[number] ?? 0)
  expect([...sorted]).toEqual([3, 1, 2, 5, 0, 4])
  expect(countingSort(new Int32Array(0), 0, () => 0)).toHaveLength(0)
})
