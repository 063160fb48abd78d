import { expect, it } from 'vitest'
import { createTokenBuckets } from './token-bucket.ts'

it('lets a burst through at once and then as many a second as it says, and names the time to wait', () => {
  const buckets = createTokenBuckets({ perSecond: 10, burst: 3 })
  expect([0, 0, 0, 0].map((nowMs) => buckets.take('ann', nowMs))).toEqual([0, 0, 0, 100])
  expect(buckets.take('ann', 50)).toBe(50)
  expect(buckets.take('ann', 100)).toBe(0)
  expect(buckets.take('ann', 100)).toBe(100)
})

it('takes several at once, or none of them', () => {
  const buckets = createTokenBuckets({ perSecond: 10, burst: 5 })
  expect(buckets.take('ann', 0, 3)).toBe(0)
  expect(buckets.take('ann', 0, 3)).toBe(100)
  expect(buckets.take('ann', 0, 2)).toBe(0)
})

it('counts each client by itself, and a clock that goes back costs nobody tokens', () => {
  const buckets = createTokenBuckets({ perSecond: 1, burst: 1 })
  expect(buckets.take('ann', 5_000)).toBe(0)
  expect(buckets.take('bob', 5_000)).toBe(0)
  expect(buckets.take('ann', 4_000)).toBe(1_000)
  expect(buckets.take('ann', 5_000)).toBe(0)
})
