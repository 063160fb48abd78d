import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import type { TimeBucket } from '../time/bucket.ts'
import { type CalendarBucket, createCalendar } from '../time/calendar.ts'
import { changeAfter, randomOf } from '../time/calendar-fixture.ts'
import { comparedRange, type Comparison } from './compare.ts'
import { seed } from '../../test/support/seed.ts'

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)
const shown = ({ fromMs, toMs }: TimeBucket) => (fromMs === toMs ? 'none' : `${iso(fromMs)} ${iso(toMs)}`)

function asked(zone: string, bucket: CalendarBucket | null, from: string, to: string) {
  const calendar = createCalendar(zone)
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to) }
  return {
    calendar,
    bucket,
    ...range,
    buckets: bucket === null ? [] : calendar.buckets(bucket, range, 10_000),
  }
}

const compare = (range: ReturnType<typeof asked>, comparison: Comparison) => {
  const { spans, ...whole } = comparedRange(range, comparison)
  return { whole: shown(whole), spans: spans.map(shown) }
}

describe('the range before', () => {
  const before: Comparison = { kind: 'previous' }

  it('is as many days by the clock without buckets, else as long', () => {
    const berlin = (from: string, to: string) => compare(asked('Europe/Berlin', null, from, to), before).whole
    expect(berlin('2026-10-25T22:00Z', '2026-10-26T23:00Z')).toBe('2026-10-24T21:00 2026-10-25T22:00')
    expect(berlin('2026-10-25T23:00Z', '2026-10-26T23:00Z')).toBe('2026-10-24T22:00 2026-10-25T23:00')
    expect(berlin('2026-10-31T23:00Z', '2026-11-30T23:00Z')).toBe('2026-10-01T22:00 2026-10-31T23:00')
    expect(berlin('2026-10-26T10:00Z', '2026-10-26T12:30Z')).toBe('2026-10-26T07:30 2026-10-26T10:00')
  })

  it('is as many buckets, and has none for an hour that the day before did not have', () => {
    const { whole, spans } = compare(
      asked('Europe/Berlin', 'hour', '2026-10-24T22:00Z', '2026-10-25T23:00Z'),
      before,
    )
    expect(whole).toBe('2026-10-23T22:00 2026-10-24T22:00')
    expect(spans.slice(2, 5)).toEqual([
      '2026-10-24T00:00 2026-10-24T01:00',
      'none',
      '2026-10-24T01:00 2026-10-24T02:00',
    ])
  })
})

describe('days before', () => {
  it('are the same time of the clock, also of a part of a day', () => {
    const part = asked('Europe/Berlin', null, '2026-10-25T23:00Z', '2026-10-26T09:12Z')
    expect(compare(part, { kind: 'days', days: 7 }).whole).toBe('2026-10-18T22:00 2026-10-19T08:12')
    const weeks = asked('America/New_York', 'week', '2026-11-02T05:00Z', '2026-11-18T12:00Z')
    expect(compare(weeks, { kind: 'days', days: 28 }).spans).toEqual([
      '2026-10-05T04:00 2026-10-12T04:00',
      '2026-10-12T04:00 2026-10-19T04:00',
      '2026-10-19T04:00 2026-10-21T11:00',
    ])
  })

  it('have no span for an hour that the clock skipped, and leave alone one that it repeated', () => {
    const dayAfter = asked('Europe/Berlin', 'hour', '2026-03-29T22:00Z', '2026-03-30T22:00Z')
    const { whole, spans } = compare(dayAfter, { kind: 'days', days: 1 })
    expect(whole).toBe('2026-03-28T23:00 2026-03-29T22:00')
    expect(spans.slice(1, 4)).toEqual([
      '2026-03-29T00:00 2026-03-29T01:00',
      'none',
      '2026-03-29T01:00 2026-03-29T02:00',
    ])
  })

  it('have no span for a day that the calendar skipped', () => {
    // There was no 30 December.
    const days = asked('Pacific/Apia', 'day', '2011-12-29T10:00Z', '2012-01-01T10:00Z')
    expect(compare(days, { kind: 'days', days: 1 }).spans).toEqual([
      '2011-12-28T10:00 2011-12-29T10:00',
      'none',
      '2011-12-30T10:00 2011-12-31T10:00',
    ])
  })
})

describe('a year before', () => {
  const year: Comparison = { kind: 'year' }
  const utc = (bucket: CalendarBucket | null, from: string, to: string) =>
    compare(asked('UTC', bucket, `${from}T00:00Z`, `${to}T00:00Z`), year)

  it('compares 28 and 29 February with 28 February', () => {
    const february = '2023-02-28T00:00 2023-03-01T00:00'
    expect(utc('day', '2024-02-28', '2024-03-02')).toEqual({
      whole: '2023-02-28T00:00 2023-03-02T00:00',
      spans: [february, february, '2023-03-01T00:00 2023-03-02T00:00'],
    })
    expect(utc(null, '2024-02-29', '2024-03-01').whole).toBe(february)
  })

  it('leaves 29 February to the range where no date is compared with it', () => {
    expect(utc('day', '2025-02-28', '2025-03-02')).toEqual({
      whole: '2024-02-28T00:00 2024-03-02T00:00',
      spans: ['2024-02-28T00:00 2024-02-29T00:00', '2024-03-01T00:00 2024-03-02T00:00'],
    })
    expect(utc(null, '2025-02-22', '2025-03-01').whole).toBe('2024-02-22T00:00 2024-02-29T00:00')
  })

  it('leaves months whole', () => {
    expect(utc(null, '2025-02-01', '2025-03-01').whole).toBe('2024-02-01T00:00 2024-03-01T00:00')
    expect(utc('month', '2025-02-01', '2025-04-01').spans).toEqual([
      '2024-02-01T00:00 2024-03-01T00:00',
      '2024-03-01T00:00 2024-04-01T00:00',
    ])
  })
})

describe('a range from a moment on', () => {
  const from = (text: string): Comparison => ({ kind: 'from', fromMs: Date.parse(text) })

  it('is as many buckets of the calendar, cut alike, where one begins', () => {
    const months = asked('UTC', 'month', '2026-11-01T00:00Z', '2027-01-15T00:00Z')
    expect(compare(months, from('2025-01-01T00:00Z')).spans).toEqual([
      '2025-01-01T00:00 2025-02-01T00:00',
      '2025-02-01T00:00 2025-03-01T00:00',
      '2025-03-01T00:00 2025-03-15T00:00',
    ])
  })

  it('is the same dates later or earlier at the same time of the clock, else as long', () => {
    const days = asked('Europe/Berlin', 'day', '2026-10-24T22:00Z', '2026-10-26T23:00Z')
    expect(compare(days, from('2026-07-01T22:00Z')).spans).toEqual([
      '2026-07-01T22:00 2026-07-02T22:00',
      '2026-07-02T22:00 2026-07-03T22:00',
    ])
    expect(compare(days, from('2026-07-01T23:30Z')).spans).toEqual([
      '2026-07-01T23:30 2026-07-03T00:30',
      '2026-07-03T00:30 2026-07-04T00:30',
    ])
  })
})

const zones = Intl.supportedValuesOf('timeZone')
const CASES = 300

/** Where a date begins by Temporal, which shares no code with the calendar. */
const startOf = (date: Temporal.PlainDate, zone: string) => date.toZonedDateTime(zone).epochMilliseconds
const dateAt = (ms: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate()

it(`dates of any zone are compared with those that Temporal finds (seed ${seed})`, () => {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (let i = 0; i < CASES; i++) {
    const zone = pick(zones)
    const anyMs = Date.UTC(1975) + Math.floor(random() * (Date.UTC(2060) - Date.UTC(1975)))
    const first = dateAt(random() < 0.7 ? (changeAfter(zone, anyMs) ?? anyMs) : anyMs, zone).subtract({
      days: 3,
    })
    const dates = Array.from({ length: 8 }, (_, day) => first.add({ days: day }))
    const range = { fromMs: startOf(first, zone), toMs: startOf(first.add({ days: 8 }), zone) }
    const calendar = createCalendar(zone)
    const buckets = calendar.buckets('day', range, 100)
    const days = pick([1, 7, 28, 364, 1 + Math.floor(random() * 400)])
    const earlier = (date: Temporal.PlainDate, isYear: boolean) =>
      isYear ? date.subtract({ years: 1 }) : date.subtract({ days })
    for (const isYear of [false, true]) {
      const { spans } = comparedRange(
        { calendar, bucket: 'day', ...range, buckets },
        isYear ? { kind: 'year' } : { kind: 'days', days },
      )
      const existing = dates.filter((date) => startOf(date, zone) < startOf(date.add({ days: 1 }), zone))
      const expected = existing.map((date) => {
        const other = earlier(date, isYear)
        return shown({ fromMs: startOf(other, zone), toMs: startOf(other.add({ days: 1 }), zone) })
      })
      expect(spans.map(shown), `${zone} ${first.toString()} ${isYear ? 'a year' : days}`).toEqual(expected)
    }
  }
})

it(`hours of any zone are compared with those that show the same date and time (seed ${seed})`, () => {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (let i = 0; i < CASES; i++) {
    const zone = pick(zones)
    const anyMs = Date.UTC(1975) + Math.floor(random() * (Date.UTC(2060) - Date.UTC(1975)))
    const first = dateAt(random() < 0.7 ? (changeAfter(zone, anyMs) ?? anyMs) : anyMs, zone).subtract({
      days: 1,
    })
    const range = { fromMs: startOf(first, zone), toMs: startOf(first.add({ days: 2 }), zone) }
    const calendar = createCalendar(zone)
    const buckets = calendar.buckets('hour', range, 100)
    const days = pick([1, 7, 28, 364])
    const { spans, ...whole } = comparedRange(
      { calendar, bucket: 'hour', ...range, buckets },
      { kind: 'days', days },
    )
    const of = `${zone} ${first.toString()} ${days}`
    const wallOf = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
    const matched = spans.flatMap((span, place) =>
      span.fromMs < span.toMs ? [{ span, own: buckets[place] }] : [],
    )
    for (const { span, own } of matched) {
      const [there, here] = [
        wallOf(span.fromMs),
        wallOf(own?.fromMs ?? NaN)
          .toPlainDateTime()
          .subtract({ days }),
      ]
      expect(there.toPlainDate().toString(), of).toBe(here.toPlainDate().toString())
      expect(there.hour, of).toBe(here.hour)
    }
    const starts = matched.map(({ span }) => span.fromMs)
    expect(new Set(starts).size, of).toBe(starts.length)
    // Without a change of the clock every hour has one beside it.
    const isSteady = [range, whole].every(
      ({ fromMs, toMs }) => (changeAfter(zone, fromMs - 1) ?? Infinity) >= toMs,
    )
    if (isSteady) expect(matched.length, of).toBe(buckets.length)
  }
})
