import { describe, expect, it } from 'vitest'
import { readEventTime } from './event-time.ts'

const nowMs = Date.UTC(2026, 10, 29, 12)
const bounds = { nowMs, maxAgeDays: 3_653 }
const read = (timestamp: number | string, sent = String(timestamp)) =>
  readEventTime(timestamp, () => sent, bounds)
const problem = (timestamp: number | string, sent?: string) => {
  const result = read(timestamp, sent)
  return typeof result === 'number' ? `accepted as ${result}` : result
}

describe('a moment without doubt', () => {
  const ms = 1795945574_123
  it.each<[string, number | string, number]>([
    ['seconds', 1795945574, 1795945574_000],
    ['seconds with a fraction, as of time.time()', 1795945574.123456, ms],
    ['seconds with a fraction that a double rounds down', 1795945574.123, ms],
    ['seconds in scientific notation', 1.795945574e9, 1795945574_000],
    ['milliseconds', 1795945574_123, ms],
    ['milliseconds with a fraction, cut', 1795945574123.999, ms],
    ['microseconds', 1795945574_123_999, ms],
    ['seconds as text', '1795945574', 1795945574_000],
    ['seconds with a zero fraction as text', '1795945574.0', 1795945574_000],
    ['a fraction without digits as text', '1795945574.', 1795945574_000],
    ["Jackson's Instant as text", '1795945574.123999999', ms],
    ['scientific notation as text', '1.795945574123E9', ms],
    ['a sign as text', '+1795945574', 1795945574_000],
    ['nanoseconds as text, which no double holds', '1795945574123999999', ms],
    ['blanks around', ' \t1795945574123\n', ms],
    ['leading zeros', '0001795945574', 1795945574_000],
    ['RFC 3339 in UTC', '2026-11-29T09:46:14.123Z', Date.UTC(2026, 10, 29, 9, 46, 14, 123)],
    ['RFC 3339 with nanoseconds', '2026-11-29T09:46:14.123999999Z', Date.UTC(2026, 10, 29, 9, 46, 14, 123)],
    ['RFC 3339 with an offset', '2026-11-29T10:46:14+01:00', Date.UTC(2026, 10, 29, 9, 46, 14)],
    ['an offset without a colon', '2026-11-29T04:16:14-0530', Date.UTC(2026, 10, 29, 9, 46, 14)],
    ['a blank for the T', '2026-11-29 09:46:14z', Date.UTC(2026, 10, 29, 9, 46, 14)],
    ['a comma before the fraction', '2026-11-29T09:46:14,5Z', Date.UTC(2026, 10, 29, 9, 46, 14, 500)],
    [
      'a zone behind the offset',
      '2026-11-29T10:46:14+01:00[Europe/Berlin]',
      Date.UTC(2026, 10, 29, 9, 46, 14),
    ],
    ['an offset of hours alone', '2026-11-29 09:46:14+00', Date.UTC(2026, 10, 29, 9, 46, 14)],
    ['a leap second in a zone', '2017-01-01T00:59:60+01:00', Date.UTC(2017, 0, 1)],
    ['a leap second', '2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['a leap day', '2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s', (_name, timestamp, expected) => {
    expect(problem(timestamp)).toBe(`accepted as ${expected}`)
  })

  it('takes the digits that were sent where a double would be of another millisecond', () => {
    expect(problem(1795945574123456800, '1795945574123456789')).toBe(`accepted as ${ms}`)
    expect(problem(1795945574124000000 - 1, '1795945574123999999')).toBe(`accepted as ${ms}`)
  })
})

describe('what is no moment of a login', () => {
  it.each<[string, number | string, string, RegExp]>([
    ['a date without an offset', '2026-11-29T09:46:14', 'timestamp_invalid', /no time zone/],
    ['a date alone', '2026-11-29', 'timestamp_invalid', /no time zone/],
    ['a day that no month has', '2026-02-30T00:00:00Z', 'timestamp_invalid', /must be/],
    ['second 60 in the middle of a day', '2026-11-29T09:34:60Z', 'timestamp_invalid', /must be/],
    ['a zone that may contradict', '2026-11-29T09:46:14Z[!Europe/Paris]', 'timestamp_invalid', /must be/],
    ['hour 24', '2026-11-28T24:00:00Z', 'timestamp_invalid', /must be/],
    ['words', 'yesterday', 'timestamp_invalid', /the text "yesterday"/],
    ['no text', '', 'timestamp_invalid', /must be/],
    ['hexadecimal', '0x668de9f9', 'timestamp_invalid', /must be/],
    ['infinity', 'Infinity', 'timestamp_invalid', /must be/],
    ['a number among words', '1795945574 s', 'timestamp_invalid', /must be/],
    ['zero', 0, 'timestamp_not_positive', /is 0/],
    ['minus zero as text', '-0', 'timestamp_not_positive', /is -0/],
    ['less than zero', '-1795945574.5', 'timestamp_not_positive', /-1795945574\.5/],
    ['before 1970', '1969-12-31T23:59:59Z', 'timestamp_not_positive', /1969/],
    ['tomorrow', nowMs / 1000 + 86_400, 'timestamp_in_future', /read as seconds is 2026-11-30/],
    [
      'nanoseconds ahead',
      '1795999999123456789',
      'timestamp_in_future',
      /1795999999123456789 read as nanoseconds/,
    ],
    ['more than any unit', '9'.repeat(40), 'timestamp_in_future', /too large even for nanoseconds/],
    ['milliseconds divided twice', 1795945, 'timestamp_too_old', /1795945 read as seconds is 1970-01-21/],
    ['a date of the last century', '1999-12-31T00:00:00Z', 'timestamp_too_old', /EVENT_MAX_AGE_DAYS/],
  ])('%s', (_name, timestamp, reason, detail) => {
    expect(problem(timestamp)).toMatchObject({ reason, detail: expect.stringMatching(detail) as string })
  })

  it('begins right before the floor, which follows the clock', () => {
    const floorMs = nowMs - 3_653 * 86_400_000
    expect(read(floorMs)).toBe(floorMs)
    expect(read(floorMs - 1)).toMatchObject({ reason: 'timestamp_too_old' })
    expect(readEventTime(1, () => '1', { nowMs, maxAgeDays: null })).toBe(1000)
  })
})
