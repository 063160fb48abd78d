import { describe, expect, it } from 'vitest'
import { type CalendarBucket, createCalendar } from './calendar.ts'
import { periodBefore } from './period-before.ts'

const iso = (at: number) => new Date(at).toISOString().slice(0, 16)

/** Shows, for each bucket of the range, the start and end of the one beside it, and those beside none. */
function beside(zone: string, bucket: CalendarBucket, from: string, to: string) {
  const calendar = createCalendar(zone)
  const buckets = calendar.buckets(bucket, { fromMs: Date.parse(from), toMs: Date.parse(to) }, 1_000)
  const before = periodBefore(calendar, bucket, buckets)
  const shown = before.buckets.map(({ fromMs, toMs }) => `${iso(fromMs)} ${iso(toMs)}`)
  return {
    buckets: buckets.length,
    beside: before.beside.map((place) => (place === null ? null : (shown[place] ?? 'none'))),
    alone: shown.filter((_, place) => !before.beside.includes(place)),
  }
}

describe('the period before', () => {
  it('has as many buckets as the calendar has, days that it skips left out', () => {
    // There was no 30 December.
    expect(beside('Pacific/Apia', 'day', '2011-12-30T10:00Z', '2011-12-31T10:00Z')).toEqual({
      buckets: 1,
      beside: ['2011-12-29T10:00 2011-12-30T10:00'],
      alone: [],
    })
    expect(beside('Pacific/Kwajalein', 'day', '1993-08-21T12:00Z', '1993-08-23T12:00Z').beside).toEqual([
      '1993-08-19T12:00 1993-08-20T12:00',
      '1993-08-20T12:00 1993-08-21T12:00',
    ])
  })

  it('is cut where the range cuts, and no longer than the calendar has it', () => {
    const utc = (bucket: CalendarBucket, from: string, to: string) => beside('UTC', bucket, from, to).beside
    expect(utc('month', '2026-11-01T00:00Z', '2026-11-15T00:00Z')).toEqual([
      '2026-10-01T00:00 2026-10-15T00:00',
    ])
    expect(utc('month', '2026-03-10T06:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-02-10T06:00 2026-03-01T00:00',
    ])
    expect(utc('month', '2026-03-30T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-03-01T00:00 2026-03-01T00:00',
    ])
    expect(utc('week', '2026-11-18T00:00Z', '2026-11-25T12:00Z')).toEqual([
      '2026-11-04T00:00 2026-11-09T00:00',
      '2026-11-09T00:00 2026-11-11T12:00',
    ])
    expect(utc('hour', '2026-11-18T10:15Z', '2026-11-18T12:30Z')).toEqual([
      '2026-11-18T07:15 2026-11-18T08:00',
      '2026-11-18T08:00 2026-11-18T09:00',
      '2026-11-18T09:00 2026-11-18T09:30',
    ])
    // The day before began at one by the clock.
    expect(beside('America/Sao_Paulo', 'day', '2018-11-05T02:00Z', '2018-11-05T14:00Z').beside).toEqual([
      '2018-11-04T03:00 2018-11-04T14:00',
    ])
  })

  it('of the hours of a day with 25 is the day before, each hour beside that of the clock', () => {
    const {
      buckets,
      beside: hours,
      alone,
    } = beside('Europe/Berlin', 'hour', '2026-10-24T22:00Z', '2026-10-25T23:00Z')
    expect([buckets, hours.length, alone]).toEqual([25, 25, []])
    expect(hours[0]).toBe('2026-10-23T22:00 2026-10-23T23:00')
    // Two of them are two o'clock. The day before had one.
    expect(hours.slice(2, 5)).toEqual([
      '2026-10-24T00:00 2026-10-24T01:00',
      null,
      '2026-10-24T01:00 2026-10-24T02:00',
    ])
    expect(hours.at(-1)).toBe('2026-10-24T21:00 2026-10-24T22:00')
  })

  it('of the hours of a day with 23, or of one after a day with 25, leaves alone what only it has', () => {
    expect(beside('Europe/Berlin', 'hour', '2026-03-28T23:00Z', '2026-03-29T22:00Z')).toMatchObject({
      buckets: 23,
      alone: ['2026-03-28T01:00 2026-03-28T02:00'],
    })
    expect(beside('Europe/Berlin', 'hour', '2026-10-25T23:00Z', '2026-10-26T23:00Z')).toMatchObject({
      buckets: 24,
      alone: ['2026-10-25T01:00 2026-10-25T02:00'],
    })
    expect(beside('Europe/Berlin', 'minute', '2026-03-29T23:00Z', '2026-03-30T01:00Z').alone).toEqual([])
  })

  it('of the hours of a week is the week before, from any time of the day', () => {
    const week = beside('America/New_York', 'hour', '2026-03-05T15:30Z', '2026-03-12T14:30Z')
    expect(week.buckets).toBe(168)
    expect(week.beside[0]).toBe('2026-02-26T15:30 2026-02-26T16:00')
    expect(week.beside.at(-1)).toBe('2026-03-05T15:00 2026-03-05T15:30')
    expect(week.alone).toEqual(['2026-03-01T07:00 2026-03-01T08:00'])
  })

  it('of the hours of a day after one that was skipped is the last day that was', () => {
    const { beside: hours, alone } = beside('Pacific/Apia', 'hour', '2011-12-30T10:00Z', '2011-12-31T10:00Z')
    expect(hours[0]).toBe('2011-12-29T10:00 2011-12-29T11:00')
    expect([hours.length, new Set(hours).size, alone]).toEqual([24, 24, []])
  })

  it('of the hours of a day on which the clock goes back over midnight matches what the clock shows', () => {
    const { beside: hours, alone } = beside(
      'America/St_Johns',
      'hour',
      '2006-10-29T02:30Z',
      '2006-10-30T03:30Z',
    )
    // One minute of midnight, most of the eleventh hour of the day before, and midnight again.
    expect(hours.slice(0, 4)).toEqual([
      '2006-10-28T02:30 2006-10-28T03:30',
      null,
      null,
      '2006-10-28T03:30 2006-10-28T04:30',
    ])
    expect(alone).toEqual([])
  })

  it('of part of a day is as many hours before it', () => {
    expect(beside('Europe/Berlin', 'hour', '2026-10-25T00:00Z', '2026-10-25T02:00Z').beside).toEqual([
      '2026-10-24T22:00 2026-10-24T23:00',
      '2026-10-24T23:00 2026-10-25T00:00',
    ])
  })
})
