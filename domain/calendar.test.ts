import { describe, expect, it } from 'vitest'
import { type CalendarBucket, createCalendar } from './calendar.ts'

const ms = (text: string) => Date.parse(text)
const iso = (at: number) => new Date(at).toISOString().slice(0, 16)

const bucketsOf = (zone: string, bucket: CalendarBucket, from: string, to: string) =>
  createCalendar(zone)
    .buckets(bucket, { fromMs: ms(from), toMs: ms(to) })
    .map(({ fromMs, toMs }) => [iso(fromMs), (toMs - fromMs) / 3_600_000])

describe('days', () => {
  it.each([
    [
      'Europe/Berlin',
      '2026-03-27T23:00Z',
      [
        ['2026-03-27T23:00', 24],
        ['2026-03-28T23:00', 23],
        ['2026-03-29T22:00', 24],
      ],
    ],
    [
      'Europe/Berlin',
      '2026-10-23T22:00Z',
      [
        ['2026-10-23T22:00', 24],
        ['2026-10-24T22:00', 25],
        ['2026-10-25T23:00', 24],
      ],
    ],
    [
      'America/New_York',
      '2026-03-07T05:00Z',
      [
        ['2026-03-07T05:00', 24],
        ['2026-03-08T05:00', 23],
        ['2026-03-09T04:00', 24],
      ],
    ],
    [
      'Asia/Kolkata',
      '2026-03-07T18:30Z',
      [
        ['2026-03-07T18:30', 24],
        ['2026-03-08T18:30', 24],
        ['2026-03-09T18:30', 24],
      ],
    ],
    [
      'Asia/Kathmandu',
      '2026-03-07T18:15Z',
      [
        ['2026-03-07T18:15', 24],
        ['2026-03-08T18:15', 24],
        ['2026-03-09T18:15', 24],
      ],
    ],
    // Clocks go by half an hour.
    [
      'Australia/Lord_Howe',
      '2026-04-03T13:00Z',
      [
        ['2026-04-03T13:00', 24],
        ['2026-04-04T13:00', 24.5],
        ['2026-04-05T13:30', 24],
      ],
    ],
    // Midnight is skipped: the day starts at one.
    [
      'America/Sao_Paulo',
      '2018-11-03T03:00Z',
      [
        ['2018-11-03T03:00', 24],
        ['2018-11-04T03:00', 23],
        ['2018-11-05T02:00', 24],
      ],
    ],
    // At midnight clocks went back to eleven: the day before had 25 hours.
    [
      'America/Sao_Paulo',
      '2018-02-16T02:00Z',
      [
        ['2018-02-16T02:00', 24],
        ['2018-02-17T02:00', 25],
        ['2018-02-18T03:00', 24],
      ],
    ],
    // There was no 30 December 2011.
    [
      'Pacific/Apia',
      '2011-12-29T10:00Z',
      [
        ['2011-12-29T10:00', 24],
        ['2011-12-30T10:00', 24],
        ['2011-12-31T10:00', 24],
      ],
    ],
  ])('of %s are as long as the clock makes them, from %s', (zone, from, expected) => {
    const end = expected.at(-1) ?? ['', 0]
    const to = new Date(ms(`${String(end[0])}Z`) + Number(end[1]) * 3_600_000).toISOString()
    expect(bucketsOf(zone, 'day', from, to)).toEqual(expected)
  })
})

describe('hours', () => {
  it('that the clock repeats are two, and one that it skips is none', () => {
    expect(bucketsOf('Europe/Berlin', 'hour', '2026-10-24T23:00Z', '2026-10-25T03:00Z')).toEqual([
      ['2026-10-24T23:00', 1],
      ['2026-10-25T00:00', 1],
      ['2026-10-25T01:00', 1],
      ['2026-10-25T02:00', 1],
    ])
    const { weekHour } = createCalendar('Europe/Berlin')
    const hours = ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-03-29T00:00Z', '2026-03-29T01:00Z']
    expect(hours.map((at) => weekHour(ms(at)))).toEqual([2, 2, 1, 3].map((hour) => ({ weekday: 7, hour })))
  })

  it('start on the hour of the zone, and anew where its clock goes by half an hour', () => {
    expect(bucketsOf('Asia/Kolkata', 'hour', '2026-03-07T18:00Z', '2026-03-07T20:00Z')).toEqual([
      ['2026-03-07T18:00', 0.5],
      ['2026-03-07T18:30', 1],
      ['2026-03-07T19:30', 0.5],
    ])
    expect(bucketsOf('Australia/Lord_Howe', 'hour', '2026-04-04T14:00Z', '2026-04-04T16:30Z')).toEqual([
      ['2026-04-04T14:00', 1],
      ['2026-04-04T15:00', 0.5],
      ['2026-04-04T15:30', 1],
    ])
  })
})

it('weeks begin on Monday and months on the first, and the range cuts the first and the last', () => {
  expect(bucketsOf('Europe/Berlin', 'week', '2026-03-20T11:00Z', '2026-04-01T00:00Z')).toEqual([
    ['2026-03-20T11:00', 60],
    ['2026-03-22T23:00', 167],
    ['2026-03-29T22:00', 50],
  ])
  expect(bucketsOf('America/New_York', 'month', '2025-12-01T05:00Z', '2026-02-01T05:00Z')).toEqual([
    ['2025-12-01T05:00', 744],
    ['2026-01-01T05:00', 744],
  ])
})

it('a shift keeps the time of the clock, and stays within a shorter month', () => {
  const { shift } = createCalendar('Europe/Berlin')
  const shifted = (bucket: CalendarBucket, from: string, count: number) => iso(shift(bucket, ms(from), count))
  expect(shifted('day', '2026-03-29T22:00Z', -1)).toBe('2026-03-28T23:00')
  expect(shifted('week', '2026-03-30T10:00Z', -1)).toBe('2026-03-23T11:00')
  expect(shifted('month', '2026-03-31T10:00Z', -1)).toBe('2026-02-28T11:00')
  expect(shifted('month', '2026-01-31T11:00Z', -14)).toBe('2024-11-30T11:00')
  expect(shifted('hour', '2026-03-29T01:00Z', -1)).toBe('2026-03-29T00:00')
})

it('the start of a bucket is where the one before ends', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']) {
    const calendar = createCalendar(zone)
    for (const bucket of ['minute', 'hour', 'day', 'week', 'month'] as const) {
      const at = ms('2026-04-04T15:17Z')
      const start = calendar.startOf(bucket, at)
      const [whole] = calendar.buckets(bucket, { fromMs: start, toMs: at + 40 * 86_400_000 })
      expect(whole?.fromMs, `${zone} ${bucket}`).toBe(start)
      expect(whole?.toMs, `${zone} ${bucket}`).toBeGreaterThan(at)
      expect(calendar.startOf(bucket, start), `${zone} ${bucket}`).toBe(start)
      expect(calendar.startOf(bucket, start - 1), `${zone} ${bucket}`).toBeLessThan(start)
    }
  }
})

it('a zone that does not exist is refused', () => {
  expect(() => createCalendar('Europe/Atlantis')).toThrow(RangeError)
})
