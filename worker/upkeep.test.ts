import { expect, test } from 'vitest'
import { restMs } from './upkeep.ts'

test('upkeep rests eight times as long as it works, and longer while batches wait for each other', () => {
  expect(restMs(500, false)).toBe(4_000)
  expect(restMs(500, true)).toBe(12_000)
})

test('a task that was frozen or waited for Postgres delays the next one by half a minute at most', () => {
  expect(restMs(28_000, false)).toBe(30_000)
  expect(restMs(28_000, true)).toBe(30_000)
})
