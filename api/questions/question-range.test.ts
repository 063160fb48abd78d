import { describe, expect, it } from 'vitest'
import type { CalendarBucket } from '../../domain/time/calendar.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { randomOf } from '../../domain/time/calendar-fixture.ts'
import { limits } from '../context/limits.ts'
import { AnswerTooLargeError, ExpectedError, InvalidRangeError } from '../context/errors.ts'
import { comparedRanges } from './measures/measure-range.ts'
import { questionRange } from './question-range.ts'
import { seed } from '../../test/support/seed.ts'

const names = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const satisfies CalendarBucket[]
const nowMs = Date.parse('2026-11-20T10:17:30Z')

const dateOf = (text: string | null) => (text === null ? null : new Date(text))
const edgesOf = (buckets: readonly TimeBucket[]) => buckets.flatMap(({ fromMs, toMs }) => [fromMs, toMs])

const asked = (bucket: CalendarBucket, from: string | null, to: string | null, timeZone = 'UTC') =>
  questionRange(bucket, { from: dateOf(from), to: dateOf(to), timeZone }, nowMs)

describe('a range', () => {
  it(`of any length, year and zone is cut into buckets up to the cap or refused, whatever the time is (seed ${seed})`, () => {
    const moments = [
      null,
      ...[
        '0001-01-01T00:00Z',
        '0099-12-31T23:59Z',
        '1800-06-01T00:00Z',
        '1969-12-31T23:59Z',
        '1970-01-01T00:00Z',
      ],
      ...[
        '1971-12-31T00:00Z',
        '1972-01-07T00:44:30Z',
        '1993-08-21T12:00Z',
        '2011-12-30T10:00Z',
        '2026-11-20T10:18Z',
      ],
      ...['2026-11-20T10:17:30.001Z', '9999-12-31T23:59Z'],
    ]
    const zones = [
      'UTC',
      'Africa/Monrovia',
      'Pacific/Apia',
      'America/St_Johns',
      'Australia/Lord_Howe',
      '+23:59',
      '-23:59',
    ]
    const nows = [
      '1970-01-01T00:00:00Z',
      '1971-06-01T12:00:01Z',
      '2026-11-20T10:17:30Z',
      '9999-12-30T12:00:00Z',
    ]
    const random = randomOf(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    for (let i = 0; i < 400; i++) {
      const [bucket, timeZone, from, to, now] = [
        pick(names),
        pick(zones),
        pick(moments),
        pick(moments),
        pick(nows),
      ]
      const of = `${bucket} ${timeZone} ${from} ${to} at ${now}`
      try {
        const range = questionRange(bucket, { from: dateOf(from), to: dateOf(to), timeZone }, Date.parse(now))
        expect(range.buckets.length, of).toBeLessThanOrEqual(limits.buckets)
        expect(edgesOf(range.buckets), of).toEqual(
          edgesOf(range.buckets).filter((ms) => ms >= 0 && ms % 60_000 === 0),
        )
        const [before] = comparedRanges(range, [{ span: 'previous' }])
        expect(before?.spans, of).toHaveLength(range.buckets.length)
        expect(before?.toMs, of).toBeLessThanOrEqual(range.fromMs)
      } catch (error) {
        if (!(error instanceof ExpectedError)) throw new Error(of, { cause: error })
      }
    }
  })

  it.each([
    [
      'before 1970',
      'day',
      ['1969-12-31T00:00Z', '1970-01-05T00:00Z', 'UTC'],
      'from is 1969-12-31T00:00:00.000Z, and no attempt is from before 1970: ask from 1970-01-01T00:00:00Z on',
    ],
    [
      'whose zone was not on whole minutes',
      'hour',
      ['1972-01-06T00:00Z', '1972-01-08T00:00Z', 'Africa/Monrovia'],
      'a bucket of Africa/Monrovia would begin or end at 1972-01-06T00:44:30.000Z, and counts are kept by whole minutes of ' +
        'UTC: ask with timeZone "UTC", or for a later range',
    ],
    [
      'that begins after what it ends with when that is left out',
      'day',
      ['2026-12-01T00:00Z', null, 'UTC'],
      'from must be before to, which is 2026-11-21T00:00:00.000Z when it is left out: give to as well',
    ],
    [
      'that ends within a minute',
      'hour',
      [null, '2026-11-20T10:17:30Z', 'UTC'],
      'to must be on a whole minute, because counts are kept by the minute: for example 2026-11-20T10:17:00.000Z',
    ],
    [
      'of no time zone',
      'hour',
      [null, null, 'Europe/Atlantis'],
      'there is no time zone "Europe/Atlantis": use a name of the IANA database, such as Europe/Berlin, America/New_York or UTC',
    ],
  ] as const)('%s is refused and says what to ask instead', (_, bucket, [from, to, zone], message) => {
    expect(() => asked(bucket, from, to, zone)).toThrow(InvalidRangeError)
    expect(() => asked(bucket, from, to, zone)).toThrow(message)
  })

  it('goes back as many buckets as a chart shows, weeks from the day that was asked for', () => {
    const lengthOf = (bucket: CalendarBucket) => asked(bucket, null, null).buckets.length
    expect(names.map(lengthOf)).toEqual([60, 24, 30, 12, 12, 8, 5])
    const { fromMs, toMs } = questionRange('week', { weekStart: 7 }, nowMs)
    expect([fromMs, toMs].map((ms) => new Date(ms).toISOString())).toEqual([
      '2026-08-30T00:00:00.000Z',
      '2026-11-22T00:00:00.000Z',
    ])
  })

  it('of a clock on whole minutes is answered although it was not before', () => {
    expect(asked('day', '1972-01-07T00:45Z', '1972-01-09T00:00Z', 'Africa/Monrovia').buckets).toHaveLength(2)
  })

  it('of more buckets than the cap says how many there are', () => {
    const refused = (bucket: CalendarBucket, to: string) => {
      try {
        return asked(bucket, '1970-01-01T00:00Z', to)
      } catch (error) {
        return error instanceof AnswerTooLargeError ? error.details.asked : error
      }
    }
    expect(refused('minute', '1970-01-08T00:00Z')).toBe(10_080)
    expect(refused('minute', '1970-01-07T22:41Z')).toBe(10_001)
    expect(refused('minute', '1970-01-07T22:40Z')).toMatchObject({ bucket: 'minute' })
    expect(refused('hour', '9999-01-01T00:00Z')).toBe(70_380_768)
    expect(refused('month', '9999-01-01T00:00Z')).toBe(96_348)
    expect(refused('quarter', '9999-01-01T00:00Z')).toBe(32_116)
    expect(refused('year', '9999-01-01T00:00Z')).toMatchObject({ bucket: 'year' })
  })
})

describe('a range between dates', () => {
  const range = (from: string, to: string, timeZone: string) => {
    const dateOf = (text: string) => ({ dateMs: Date.parse(text) })
    const { fromMs, toMs } = questionRange('day', { from: dateOf(from), to: dateOf(to), timeZone }, nowMs)
    return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
  }

  it.each([
    ['UTC', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['Europe/Berlin', '2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z'],
    ['Asia/Kolkata', '2026-10-31T18:30:00.000Z', '2026-11-30T18:30:00.000Z'],
    ['America/New_York', '2026-11-01T04:00:00.000Z', '2026-12-01T05:00:00.000Z'],
  ])('is that of the time zone: %s', (timeZone, from, to) => {
    expect(range('2026-11-01', '2026-12-01', timeZone)).toEqual([from, to])
  })

  it('begins with the day after a date that the clock skips', () => {
    expect(range('2011-12-30', '2012-01-01', 'Pacific/Apia')).toEqual([
      '2011-12-30T10:00:00.000Z',
      '2011-12-31T10:00:00.000Z',
    ])
  })

  it('may be empty or before 1970, and is refused then', () => {
    expect(() => range('2026-11-01', '2026-11-01', 'UTC')).toThrow(/from must be before to/)
    expect(() => range('2026-11-02', '2026-11-01', 'Europe/Berlin')).toThrow(
      /from is 2026-11-01T23:00:00.000Z, to 2026-10-31T23:00:00.000Z$/,
    )
    expect(() => range('1970-01-01', '1970-01-02', 'Europe/Berlin')).toThrow(/before 1970/)
  })
})
