import { expect, test } from 'vitest'
import { UnknownOutcomeCounts } from './unknown-outcomes.ts'

test('of a batch 20 spellings are counted apart and all others together, so that none is missing', () => {
  const counts = new UnknownOutcomeCounts()
  counts.add(Array.from({ length: 25 }, (_, i) => `spelling ${i}`))
  counts.add(['spelling 3', 'spelling 24', 'another'])
  const listed = counts.counts()
  expect(listed).toHaveLength(21)
  expect(listed[3]).toEqual(['spelling 3', 2])
  expect(listed.at(-1)).toEqual([null, 7])
})
