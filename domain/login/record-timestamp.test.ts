import { expect, it } from 'vitest'
import { arrivedAtMs, recordedAtMs } from './record-timestamp.ts'

const NOW_MS = Date.UTC(2026, 10, 29)

it.each<[string, number | bigint, number | null]>([
  ['milliseconds', NOW_MS, NOW_MS],
  ['zero', 0, 0],
  ['seconds', NOW_MS / 1000, NOW_MS / 1000],
  ['the zero time of Go', -62_135_596_800_000, -62_135_596_800_000],
  ['none', -1, null],
  ['microseconds', NOW_MS * 1000, null],
  ['nanoseconds', BigInt(NOW_MS) * 1_000_000n, null],
  ['before the year 1', -62_135_596_800_001, null],
  ['the year 10000', 253_402_300_800_000, null],
  ['the smallest', -(2n ** 63n), null],
])('a record timestamp is a moment only where one can be shown: %s', (_name, timestamp, expected) => {
  expect(recordedAtMs(timestamp)).toBe(expected)
})

it('a record counts as arrived when it is counted if its timestamp cannot be when it arrived', () => {
  const eventMs = NOW_MS - 86_400_000
  expect(arrivedAtMs(NOW_MS - 5_000, eventMs, NOW_MS)).toBe(NOW_MS - 5_000)
  for (const timestamp of [-1, 0, NOW_MS / 1000, NOW_MS * 1000, BigInt(NOW_MS) * 1_000_000n])
    expect(arrivedAtMs(timestamp, eventMs, NOW_MS)).toBe(NOW_MS)
})
