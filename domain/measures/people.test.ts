import { describe, expect, it } from 'vitest'
import { createCalendar } from '../time/calendar.ts'
import { randomOf } from '../time/calendar-fixture.ts'
import type { TimeBucket } from '../time/bucket.ts'
import { type CountName, countsFor, type PeopleMeasure, peopleOf } from './people.ts'
import { placeInTime } from './place-in-time.ts'

const DAY = 86_400_000
const berlin = createCalendar('Europe/Berlin')
const at = (text: string) => Date.parse(`${text}Z`)
const span = (from: string, to: string): TimeBucket => ({ fromMs: at(from), toMs: at(to) })
const NOW = at('2026-04-10T10:30')

describe('the span before', () => {
  const before = (bucket: Parameters<typeof placeInTime>[1], range: TimeBucket) => {
    const { fromMs, toMs } = placeInTime(berlin, bucket, range, NOW).before
    expect(toMs).toBe(range.fromMs)
    return new Date(fromMs).toISOString().slice(0, 16)
  }
  it.each([
    ['of a month is a month', 'month', span('2026-02-28T23:00', '2026-03-31T22:00'), '2026-01-31T23:00'],
    ['of two months are two', 'month', span('2026-01-31T23:00', '2026-03-31T22:00'), '2025-11-30T23:00'],
    [
      'of a day that is an hour shorter is a day',
      'day',
      span('2026-03-28T23:00', '2026-03-29T22:00'),
      '2026-03-27T23:00',
    ],
    [
      'of a part of a month is as long',
      'month',
      span('2026-03-09T23:00', '2026-03-19T23:00'),
      '2026-02-27T23:00',
    ],
    ['of an hour is an hour', 'hour', span('2026-03-09T10:00', '2026-03-09T11:00'), '2026-03-09T09:00'],
    [
      'of whole days is as many days, if there are no buckets',
      null,
      span('2026-03-28T23:00', '2026-03-30T22:00'),
      '2026-03-26T23:00',
    ],
    [
      'begins in 1970 at the earliest',
      'year',
      span('1970-06-01T00:00', '1971-06-01T00:00'),
      '1970-01-01T00:00',
    ],
  ] as const)('%s', (_, bucket, range, expected) => {
    expect(before(bucket, range)).toBe(expected)
  })
})

describe('measures of people', () => {
  const random = randomOf(9)
  const active = Array.from({ length: 400 }, () => ({
    user: Math.floor(random() ** 2 * 200),
    ms: at('2026-03-01T00:00') + Math.floor(random() * 40) * DAY + Math.floor(random() * DAY),
  }))
  const within = ({ fromMs, toMs }: TimeBucket) =>
    new Set(active.filter(({ ms }) => ms >= fromMs && ms < toMs).map(({ user }) => user))
  const firstOf = (user: number) => Math.min(...active.filter((one) => one.user === user).map(({ ms }) => ms))
  const count = (counted: CountName, range: TimeBucket) =>
    counted === 'new_users'
      ? [...within(range)].filter((user) => firstOf(user) >= range.fromMs).length
      : within(range).size

  // Its clock changes in the week before.
  const week = span('2026-03-29T22:00', '2026-04-05T22:00')
  const place = placeInTime(berlin, 'week', week, NOW)
  const [now, then] = [within(week), within(span('2026-03-22T23:00', '2026-03-29T22:00'))]
  const isNew = (user: number) => firstOf(user) >= week.fromMs
  const of = (holds: (user: number) => boolean) => [...now].filter(holds).length
  const away = within(span('2026-03-21T23:00', '2026-03-29T22:00'))
  const daily = [0, 1, 2].map(
    (day) => within({ fromMs: week.toMs - (day + 1) * DAY, toMs: week.toMs - day * DAY }).size,
  )
  const trailing = within({ fromMs: week.toMs - 3 * DAY, toMs: week.toMs }).size

  it.each<[PeopleMeasure, number]>([
    [{ name: 'users' }, now.size],
    [{ name: 'new_users' }, of(isNew)],
    [{ name: 'returning_users' }, of((user) => then.has(user))],
    [{ name: 'resurrected_users' }, of((user) => !then.has(user) && !isNew(user))],
    [{ name: 'dormant_users' }, [...then].filter((user) => !now.has(user)).length],
    [{ name: 'comeback_users', days: 8 }, of((user) => !away.has(user) && !isNew(user))],
    [{ name: 'trailing_users', days: 3 }, trailing],
    [{ name: 'stickiness', days: 3 }, daily.reduce((sum, users) => sum + users) / 3 / trailing],
  ])('%o is what the users say', (measure, expected) => {
    expect(expected).toBeGreaterThan(0)
    expect(peopleOf(measure, place, count)).toBeCloseTo(expected, 12)
    // What is asked for beforehand is what it takes.
    const known = countsFor(measure, place).map(
      ({ counted, span: range }) => `${counted} ${range.fromMs} ${range.toMs}`,
    )
    peopleOf(measure, place, (counted, range) => {
      expect(known).toContain(`${counted} ${range.fromMs} ${range.toMs}`)
      return 0
    })
  })

  it('have nobody who is dormant and no stickiness before a span begins, and no stickiness without users', () => {
    const later = placeInTime(berlin, 'week', span('2026-04-12T22:00', '2026-04-19T22:00'), NOW)
    expect(peopleOf({ name: 'dormant_users' }, later, count)).toBeNull()
    expect(peopleOf({ name: 'stickiness', days: 3 }, later, () => 1)).toBeNull()
    expect(peopleOf({ name: 'stickiness', days: 3 }, place, () => 0)).toBeNull()
  })
})
