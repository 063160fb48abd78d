import { expect, test } from 'vitest'
import { sliceHeartbeatMs } from './heartbeat.ts'

test('few slices say soon that they live, and many no more often together than Temporal bears, well within its time-out', () => {
  expect(sliceHeartbeatMs(1)).toBe(400)
  for (const slices of [16, 50, 100]) expect((slices * 1_000) / sliceHeartbeatMs(slices)).toBe(40)
  expect(sliceHeartbeatMs(1_000)).toBe(2_500)
})
