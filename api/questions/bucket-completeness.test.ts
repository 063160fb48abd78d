import { describe, expect, it } from 'vitest'
import { isCompleteBy, marksOf } from './bucket-completeness.ts'
import { questionRange } from './question-range.ts'

const ms = (text: string) => Date.parse(`${text}Z`)
const nowMs = ms('2025-11-20T12:00:00')
const bucket = { fromMs: ms('2025-11-20T10:00:00'), toMs: ms('2025-11-20T11:00:00') }
const all = { countedToMs: Infinity, parkedToMs: -Infinity }

describe('a bucket is complete', () => {
  it('once it is over, and not by the clock alone', () => {
    expect(isCompleteBy(all, nowMs)(bucket)).toBe(true)
    expect(isCompleteBy(all, bucket.toMs - 1)(bucket)).toBe(false)
    expect(isCompleteBy({ ...all, countedToMs: bucket.toMs }, nowMs)(bucket)).toBe(true)
    expect(isCompleteBy({ ...all, countedToMs: bucket.toMs - 1 }, nowMs)(bucket)).toBe(false)
    expect(isCompleteBy({ ...all, countedToMs: -Infinity }, nowMs)(bucket)).toBe(false)
  })

  it('when nothing is parked that can be of it', () => {
    expect(isCompleteBy({ ...all, parkedToMs: bucket.fromMs }, nowMs)(bucket)).toBe(true)
    expect(isCompleteBy({ ...all, parkedToMs: bucket.fromMs + 1 }, nowMs)(bucket)).toBe(false)
  })
})

describe('a bucket is cut', () => {
  const cut = (
    size: 'minute' | 'hour' | 'day' | 'week' | 'month',
    from: string,
    to: string,
    timeZone = 'UTC',
  ) =>
    marksOf(
      questionRange(size, { from: new Date(ms(from)), to: new Date(ms(to)), timeZone }, nowMs),
      () => true,
    ).map(({ isCut }) => isCut)

  it('where the range begins or ends within it', () => {
    expect(cut('week', '2025-11-04T00:00:00', '2025-11-18T00:00:00')).toEqual([true, false, true])
    expect(cut('week', '2025-11-03T00:00:00', '2025-11-17T00:00:00')).toEqual([false, false])
    expect(cut('month', '2025-11-04T00:00:00', '2025-11-05T00:00:00')).toEqual([true])
    expect(cut('hour', '2025-11-04T00:00:00', '2025-11-04T01:30:00')).toEqual([false, true])
    expect(cut('minute', '2025-11-04T00:00:00', '2025-11-04T00:02:00')).toEqual([false, false])
  })

  it('by the clock of the zone, also where that changes', () => {
    expect(cut('day', '2025-11-03T23:00:00', '2025-11-04T23:00:00', 'Europe/Berlin')).toEqual([false])
    expect(cut('day', '2025-11-04T00:00:00', '2025-11-04T23:00:00', 'Europe/Berlin')).toEqual([true])
    expect(cut('day', '2025-10-25T22:00:00', '2025-10-26T23:00:00', 'Europe/Berlin')).toEqual([false])
    expect(cut('day', '2025-10-25T22:00:00', '2025-10-26T22:00:00', 'Europe/Berlin')).toEqual([true])
  })
})
