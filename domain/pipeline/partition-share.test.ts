import { expect, test } from 'vitest'
import { partitionShare } from './partition-share.ts'

const shares = (partitions: number, workers: number) =>
  Array.from({ length: workers }, (_, before) => partitionShare(partitions, { before, workers }))

test('no worker has more than its share, and together they have every partition once', () => {
  for (let partitions = 0; partitions <= 12; partitions++) {
    for (let workers = 1; workers <= 5; workers++) {
      const given = shares(partitions, workers)
      expect(Math.max(...given)).toBe(Math.ceil(partitions / workers))
      expect(given.reduce((sum, share) => sum + share)).toBe(partitions)
    }
  }
})

test('what is left over goes to those that started first, and who comes last to few partitions stands by', () => {
  expect(shares(6, 4)).toEqual([2, 2, 1, 1])
  expect(shares(2, 3)).toEqual([1, 1, 0])
})
