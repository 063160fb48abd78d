import { describe, expect, it } from 'vitest'
import { createRequestClock, type RequestClock } from './request-clock.ts'

const MINUTE_MS = Date.parse('2026-03-01T12:00:00Z')
const nowMs = MINUTE_MS + 30_000

/** From and until which second of the minute the answer stays right. */
function validFor(ask: (clock: RequestClock) => unknown): [number, number] {
  const { clock, validity } = createRequestClock(nowMs)
  ask(clock)
  const { fromMs, untilMs } = validity()
  return [(fromMs - MINUTE_MS) / 1_000, (untilMs - MINUTE_MS) / 1_000]
}

describe('an answer stays right', () => {
  it('for its minute, whatever it is made of', () => {
    expect(validFor(() => undefined)).toEqual([0, 60])
    expect(validFor(({ minuteMs }) => minuteMs)).toEqual([0, 60])
  })

  it('until a moment that it looked at comes, and since one that has come', () => {
    expect(validFor((clock) => clock.hasCome(nowMs + 5_000))).toEqual([0, 35])
    expect(validFor((clock) => clock.hasCome(nowMs - 5_000))).toEqual([25, 60])
    expect(validFor((clock) => clock.hasCome(nowMs))).toEqual([30, 60])
    expect(validFor((clock) => clock.hasCome(0) || clock.hasCome(Infinity))).toEqual([0, 60])
  })

  it('for a millisecond, when it says the exact time', () => {
    expect(validFor((clock) => clock.nowMs() + Number(clock.hasCome(0)))).toEqual([30, 30.001])
    expect(validFor((clock) => [clock.hasCome(nowMs + 5_000), clock.nowMs()])).toEqual([30, 30.001])
  })
})
