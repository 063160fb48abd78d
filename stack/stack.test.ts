import { expect, test } from 'vitest'
import { backOffMs } from './processes/supervisor.ts'

test('restarts wait 1 s at first and never longer than 30 s', () => {
  expect([0, 1, 2, 3, 4, 5, 20].map(backOffMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})
