import { expect, test } from 'vitest'
import { latencies } from './latency.ts'

test('an event waits from its scheduled time until enough events are visible', () => {
  // Ten a second from 1000: due at 1000, 1100, 1200, 1300.
  const sightings = [
    { atMs: 1050, visible: 1 },
    { atMs: 1150, visible: 1 },
    { atMs: 1500, visible: 4 },
  ]
  expect(latencies(sightings, 1000, 10)).toEqual({ p50: 200, p95: 400, p99: 400, max: 400 })
})
