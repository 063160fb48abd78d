import { describe, expect, it } from 'vitest'
import { randomOf, referenceBuckets } from '../../../domain/time/calendar-fixture.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { ExpectedError } from '../../context/errors.ts'
import { retentionSpans, type SpanArgs } from './retention-spans.ts'

const DAY_MS = 86_400_000
const nowMs = Date.parse('2026-11-20T10:17:00Z')
const args: SpanArgs = { bucket: 'week', weekStart: 1, timeZone: 'UTC' }
const date = (text: string) => ({ dateMs: Date.parse(`${text}T00:00Z`) })

const asked = (some: Partial<SpanArgs>) =>
  retentionSpans({ ...args, ...some }, nowMs).ranges.map(({ fromMs, toMs }) => [
    isoTime(fromMs),
    isoTime(toMs),
  ])

function refused(some: Partial<SpanArgs>): object {
  try {
    asked(some)
  } catch (error) {
    if (error instanceof ExpectedError) return { code: error.code, message: error.message, ...error.details }
    throw error
  }
  return { code: 'answered' }
}

describe('spans of cohorts', () => {
  it('are eight that end with the latest one that is over, unless the range says otherwise', () => {
    const weeks = asked({})
    expect(weeks).toHaveLength(8)
    expect(weeks.slice(-2)).toEqual([
      ['2026-11-02T00:00:00.000Z', '2026-11-09T00:00:00.000Z'],
      ['2026-11-09T00:00:00.000Z', '2026-11-16T00:00:00.000Z'],
    ])
    expect(asked({ from: date('2026-11-02') })).toEqual(weeks.slice(-2))
    expect(asked({ to: date('2026-11-16') })).toEqual(weeks)
    expect(asked({ from: new Date('2026-11-09T00:00Z'), to: date('2027-01-04') })).toEqual([
      ['2026-11-09T00:00:00.000Z', '2026-11-16T00:00:00.000Z'],
      ['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ])
  })

  it('follow each other by the clock of any zone, from any weekday on', () => {
    const random = randomOf(3)
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
    for (let round = 0; round < 200; round++) {
      const bucket = pick(['day', 'week', 'month', 'quarter', 'year'] as const)
      const timeZone = pick([
        'UTC',
        'Asia/Kathmandu',
        'America/Sao_Paulo',
        'Pacific/Apia',
        'Antarctica/Troll',
      ])
      const weekStart = pick([1, 2, 3, 4, 5, 6, 7] as const)
      const now = Math.floor((Date.parse('2006-01-01T00:00Z') + random() * 7_000 * DAY_MS) / 60_000) * 60_000
      const { ranges: spans } = retentionSpans({ bucket, weekStart, timeZone }, now)
      const range = { fromMs: spans[0]?.fromMs ?? 0, toMs: spans.at(-1)?.toMs ?? 0 }
      expect(spans).toHaveLength(8)
      expect(range.toMs).toBeLessThanOrEqual(now)
      expect(spans).toEqual(referenceBuckets(timeZone, bucket, range, weekStart))
    }
  })

  it('begin where a bucket does: other days are refused, and the message names those around', () => {
    expect(refused({ from: date('2026-11-10') })).toEqual({
      ...{ code: 'INVALID_RANGE', argument: 'from' },
      message: 'from must be the first day of a week: 2026-11-09 or 2026-11-16',
    })
    const sunday = { weekStart: 7, timeZone: 'Pacific/Auckland' } as const
    expect(refused({ from: date('2026-11-09'), ...sunday })).toMatchObject({
      message: 'from must be the first day of a week: 2026-11-08 or 2026-11-15',
    })
    expect(refused({ from: date('2026-11-08'), ...sunday })).toEqual({ code: 'answered' })
    expect(refused({ to: date('2026-11-10') })).toEqual({
      ...{ code: 'INVALID_RANGE', argument: 'to' },
      message: 'to must be the first day of a week: 2026-11-09 or 2026-11-16',
    })
    expect(refused({ from: date('2026-11-23') })).toMatchObject({ code: 'INVALID_RANGE', argument: 'from' })
    expect(refused({ from: date('2026-11-16') })).toEqual({
      ...{ code: 'INVALID_RANGE', argument: 'from' },
      message: 'the bucket that begins with from is not over: give to as well',
    })
    expect(refused({ from: date('2026-11-09'), to: date('2026-11-09') })).toMatchObject({ argument: 'from' })
    expect(refused({ from: date('1969-12-01'), bucket: 'month' })).toMatchObject({ code: 'INVALID_RANGE' })
  })

  it('are not begun in UTC when they are in a zone that is ahead', () => {
    const tomorrow = { from: date('2026-11-21'), to: date('2026-11-22'), bucket: 'day' } as const
    expect(refused({ ...tomorrow })).toMatchObject({ code: 'INVALID_RANGE', argument: 'from' })
    expect(asked({ ...tomorrow, timeZone: '+14:00' })).toEqual([
      ['2026-11-20T10:00:00.000Z', '2026-11-21T10:00:00.000Z'],
    ])
  })

  it('must begin and end with a bucket, and both edges that do not are named', () => {
    expect(refused({ from: date('2026-11-03'), to: date('2026-11-10') })).toEqual({
      ...{ code: 'INVALID_RANGE', argument: 'from' },
      message:
        'from must be the first day of a week: 2026-11-02 or 2026-11-09; to must be the first day of a week: 2026-11-09 or 2026-11-16',
    })
  })

  it('are days or longer, and not more than the cap: the refusal says how to ask instead', () => {
    expect(refused({ bucket: 'hour' })).toEqual({
      ...{ code: 'INVALID_ARGUMENT', argument: 'bucket' },
      message: 'cohorts are of days or longer: give DAY, WEEK, MONTH, QUARTER or YEAR',
    })
    const days = { bucket: 'day', to: date('2026-11-20') } as const
    expect(refused({ ...days, from: date('2026-10-15') })).toEqual({
      ...{ code: 'ANSWER_TOO_LARGE', argument: 'from', cap: 35 },
      message: 'the range has more than the cap of 35 days: ask for a shorter range or a longer bucket',
    })
    expect(refused({ ...days, from: date('2026-10-16') })).toEqual({ code: 'answered' })
    expect(refused({ from: date('2025-09-15') })).toMatchObject({ code: 'ANSWER_TOO_LARGE', cap: 60 })
    expect(refused({ timeZone: 'Mars/Olympus' })).toMatchObject({ argument: 'timeZone' })
    expect(refused({ bucket: 'year', to: date('1977-01-01') })).toMatchObject({
      code: 'INVALID_RANGE',
      argument: 'from',
    })
  })
})
