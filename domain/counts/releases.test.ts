import { expect, it } from 'vitest'
import { newestReleases } from './releases.ts'

const DAY_MS = 86_400_000
const day = (number: number) => number * DAY_MS

it('the newest release is the highest that counted on one of the 90 days before', () => {
  const newest = newestReleases([
    { version: '2.9.0', days: [day(1), day(2), day(300)] },
    { version: '2.10.0', days: [day(50), day(52)] },
    { version: '3.0.0-rc.1', days: [day(1)] },
    { version: 'unknown', days: [day(1)] },
  ])
  const at = (ms: number) => newest(ms)?.version ?? null
  expect(at(day(1))).toBeNull()
  expect(at(day(1) + 1)).toBe('2.9.0')
  expect(at(day(50))).toBe('2.9.0')
  expect(at(day(50) + 1)).toBe('2.10.0')
  expect(at(day(142))).toBe('2.10.0')
  expect(at(day(142) + 1)).toBeNull()
  expect(at(day(301))).toBe('2.9.0')
  expect(newestReleases([])(day(1))).toBeNull()
})
