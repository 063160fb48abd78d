import { expect, test } from 'vitest'
import { sliceHeartbeatMs } from './heartbeat.ts'

test('few slices say soon that they live, and many no more often together than Temporal bears, well within its time-out', () => {
  expect(sliceHeartbeatMs(1, false)).toBe(400)
  for (const slices of [16, 50, 100]) expect((slices * 1_000) / sliceHeartbeatMs(slices, false)).toBe(40)
  expect(sliceHeartbeatMs(1_000, false)).toBe(2_500)
})

test('slices that are told of cancellations need heartbeats only to show that they live', () => {
  for (const slices of [1, 16, 1_000]) expect(sliceHeartbeatMs(slices, true)).toBe(2_500)
})
