import { describe, expect, it } from 'vitest'
import { type CalendarBucket, createCalendar, type Weekday } from './calendar.ts'

const ms = (text: string) => Date.parse(text)
const iso = (at: number) => new Date(at).toISOString().slice(0, 16)

const bucketsOf = (zone: string, bucket: CalendarBucket, from: string, to: string, weekStart?: Weekday) =>
  createCalendar(zone, weekStart)
    .buckets(bucket, { fromMs: ms(from), toMs: ms(to) }, Infinity)
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
    // The clock changes by half an hour.
    [
      'Australia/Lord_Howe',
      '2026-04-03T13:00Z',
      [
        ['2026-04-03T13:00', 24],
        ['2026-04-04T13:00', 24.5],
        ['2026-04-05T13:30', 24],
      ],
    ],
    // The clock skips midnight, so the day starts at one.
    [
      'America/Sao_Paulo',
      '2018-11-03T03:00Z',
      [
        ['2018-11-03T03:00', 24],
        ['2018-11-04T03:00', 23],
        ['2018-11-05T02:00', 24],
      ],
    ],
    // At midnight the clock went back to eleven, so the day before had 25 hours.
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

describe('a day on which clocks go back over midnight', () => {
  // What the clock shows a second time of the day before belongs to the day that has begun.
  it.each([
    ['America/St_Johns', '2006-10-28T02:30Z', [24, 25, 24], '2006-10-29T02:30'],
    ['America/Havana', '1990-10-13T04:00Z', [25, 24, 24], '1990-10-14T05:00'],
    ['Asia/Amman', '1995-09-14T21:00Z', [25, 24, 24], '1995-09-15T22:00'],
    ['Atlantic/Azores', '1991-09-28T00:00Z', [24, 25, 24], '1991-09-29T00:00'],
  ])('%s from %s begins once', (zone, from, hours, second) => {
    const to = iso(ms(from) + hours.reduce((sum, one) => sum + one, 0) * 3_600_000)
    const days = bucketsOf(zone, 'day', from, `${to}Z`)
    expect(days.map(([, length]) => length)).toEqual(hours)
    expect(days[1]?.[0]).toBe(second)
  })

  it('is one day, and hours that the clock shows in part are buckets of their own', () => {
    // At one minute past midnight the clock went back to 23:01.
    const { startOf, endOf } = createCalendar('America/St_Johns')
    const shownAgain = ms('2006-10-29T03:00Z')
    expect([startOf('day', shownAgain), endOf('day', shownAgain)].map(iso)).toEqual([
      '2006-10-29T02:30',
      '2006-10-30T03:30',
    ])
    expect(bucketsOf('America/St_Johns', 'hour', '2006-10-29T01:30Z', '2006-10-29T04:30Z')).toEqual([
      ['2006-10-29T01:30', 1],
      ['2006-10-29T02:30', 1 / 60],
      ['2006-10-29T02:31', 59 / 60],
      ['2006-10-29T03:30', 1],
    ])
  })
})

it('a clock that is not on whole minutes is followed to the second', () => {
  const { buckets } = createCalendar('Africa/Monrovia')
  const range = { fromMs: ms('1972-01-06T00:44:30Z'), toMs: ms('1972-01-08T00:00Z') }
  expect(buckets('day', range, 10)).toEqual([
    { fromMs: range.fromMs, toMs: ms('1972-01-07T00:44:30Z') },
    { fromMs: ms('1972-01-07T00:44:30Z'), toMs: range.toMs },
  ])
  const hours = buckets('hour', { ...range, fromMs: ms('1972-01-06T23:44:30Z') }, 100)
  // The hour that ends has 60 minutes. The next one begins at a quarter to.
  expect(hours.slice(0, 2).map(({ toMs }) => new Date(toMs).toISOString())).toEqual([
    '1972-01-07T00:44:30.000Z',
    '1972-01-07T01:00:00.000Z',
  ])
})

it('buckets are no more than were asked for, however long the range is', () => {
  for (const bucket of ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const) {
    const range = { fromMs: ms('0001-01-01T00:00Z'), toMs: ms('9999-12-31T00:00Z') }
    const some = createCalendar('Africa/Monrovia').buckets(bucket, range, 7)
    expect(some).toHaveLength(7)
    expect(
      some.every(({ fromMs, toMs }, i) => fromMs < toMs && fromMs === (some[i - 1]?.toMs ?? range.fromMs)),
    ).toBe(true)
  }
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

it('weeks begin on the weekday that was asked for', () => {
  const weeks = (weekStart: Weekday) =>
    bucketsOf('Europe/Berlin', 'week', '2026-03-25T11:00Z', '2026-04-01T00:00Z', weekStart)[0]
  // 25 March 2026 was a Wednesday; the clock went forward on Sunday the 29th.
  expect(weeks(3)).toEqual(['2026-03-25T11:00', 155])
  expect(weeks(4)).toEqual(['2026-03-25T11:00', 12])
  expect(weeks(7)).toEqual(['2026-03-25T11:00', 84])
  expect(createCalendar('UTC', 7).startOf('week', ms('2026-03-25T00:00Z'))).toBe(ms('2026-03-22T00:00Z'))
})

it('quarters begin with January, April, July and October, and years with January, by the clock of the zone', () => {
  expect(bucketsOf('Asia/Kathmandu', 'quarter', '2023-12-31T18:15Z', '2024-12-31T18:15Z')).toEqual([
    ['2023-12-31T18:15', 91 * 24],
    ['2024-03-31T18:15', 91 * 24],
    ['2024-06-30T18:15', 92 * 24],
    ['2024-09-30T18:15', 92 * 24],
  ])
  // The first quarter of a year without a leap day; the clock changes in March and in November.
  expect(bucketsOf('America/New_York', 'quarter', '2025-01-01T05:00Z', '2025-04-01T04:00Z')).toEqual([
    ['2025-01-01T05:00', 90 * 24 - 1],
  ])
  expect(bucketsOf('America/New_York', 'year', '2023-06-01T00:00Z', '2026-01-01T05:00Z')).toEqual([
    ['2023-06-01T00:00', 214 * 24 + 5],
    ['2024-01-01T05:00', 366 * 24],
    ['2025-01-01T05:00', 365 * 24],
  ])
})

it('a shift keeps the time of the clock, and stays within a shorter month', () => {
  const { shift } = createCalendar('Europe/Berlin')
  const shifted = (bucket: CalendarBucket, from: string, count: number) => iso(shift(bucket, ms(from), count))
  expect(shifted('day', '2026-03-29T22:00Z', -1)).toBe('2026-03-28T23:00')
  expect(shifted('week', '2026-03-30T10:00Z', -1)).toBe('2026-03-23T11:00')
  expect(shifted('month', '2026-03-31T10:00Z', -1)).toBe('2026-02-28T11:00')
  expect(shifted('month', '2026-01-31T11:00Z', -14)).toBe('2024-11-30T11:00')
  expect(shifted('quarter', '2026-05-31T10:00Z', -1)).toBe('2026-02-28T11:00')
  expect(shifted('year', '2024-02-29T11:00Z', -1)).toBe('2023-02-28T11:00')
  expect(shifted('year', '2023-02-28T11:00Z', 1)).toBe('2024-02-28T11:00')
  expect(shifted('hour', '2026-03-29T01:00Z', -1)).toBe('2026-03-29T00:00')
})

it('the start of a bucket is where the one before ends', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']) {
    const calendar = createCalendar(zone)
    for (const bucket of ['minute', 'hour', 'day', 'week', 'month'] as const) {
      const at = ms('2026-04-04T15:17Z')
      const start = calendar.startOf(bucket, at)
      const [whole] = calendar.buckets(bucket, { fromMs: start, toMs: at + 40 * 86_400_000 }, 1)
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
