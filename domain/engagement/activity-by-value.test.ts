import { expect, test } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { ActiveSpans, addSpans, BEFORE_ALL_QUARTERS, QUARTERS_PER_DAY } from './active-spans.ts'
import { ActivityByValue, addHour } from './activity-by-value.ts'

const USERS = 20

test('each value has the users of its own logins, whatever the order of minutes within an hour', () => {
  const random = sfc32(4, 0)
  const next = (below: number) => Math.floor(fraction(random) * below)
  const activity = new ActivityByValue()
  const logins: { value: string; user: number; quarter: number }[] = []
  for (let hour = 0; hour < 40; hour++)
    for (const value of ['CA', 'NY']) {
      const some = Array.from({ length: next(9) }, () => ({ minute: next(60), user: next(USERS) }))
      const numbers = Buffer.alloc(4 * some.length)
      for (const [place, { user }] of some.entries()) numbers.writeInt32BE(user, 4 * place)
      activity.add(
        hour * 4,
        value,
        Uint8Array.from(some, ({ minute }) => minute),
        numbers,
      )
      for (const { minute, user } of some)
        logins.push({ value, user, quarter: hour * 4 + Math.floor(minute / 15) })
    }
  const spans = new ActiveSpans(
    [{ days: 1, from: 0, to: 1 }],
    new Int32Array(USERS).fill(BEFORE_ALL_QUARTERS),
  )
  for (const value of ['CA', 'NY']) {
    spans.clear()
    for (const hour of activity.hoursOf(value)) addHour(spans, hour)
    const [counted] = spans.counted()
    const expected = Array.from({ length: QUARTERS_PER_DAY }, (_, start) => {
      const own = logins.filter(
        (login) =>
          login.value === value && login.quarter >= start && login.quarter < start + QUARTERS_PER_DAY,
      )
      return new Set(own.map(({ user }) => user)).size
    })
    expect([...(counted?.active ?? [])]).toEqual(expected)
  }
})

test('values of few logins are told apart', () => {
  const activity = new ActivityByValue()
  activity.add(0, 'CA', Uint8Array.of(1, 59), new Uint8Array(8))
  activity.add(4, 'CA', Uint8Array.of(3), new Uint8Array(4))
  activity.add(4, 'NY', Uint8Array.of(3, 4), new Uint8Array(8))
  expect(activity.valuesWith(3)).toEqual(['CA'])
  expect(activity.valuesWith(1)).toEqual(['CA', 'NY'])
})

test('what slices of users count adds up to what all users do', () => {
  const random = sfc32(5, 0)
  const next = (below: number) => Math.floor(fraction(random) * below)
  const slices = [{ of: 1, place: 0 }, ...[0, 1, 2].map((place) => ({ of: 3, place }))]
  const activities = slices.map((slice) => new ActivityByValue(slice))
  for (let hour = 0; hour < 40; hour++) {
    const minutes = Uint8Array.from({ length: next(30) }, () => next(60))
    const numbers = Buffer.alloc(4 * minutes.length)
    for (const place of minutes.keys()) numbers.writeInt32BE(next(USERS), 4 * place)
    for (const activity of activities) activity.add(hour * 4, 'CA', minutes, numbers)
  }
  const firsts = Int32Array.from({ length: USERS }, () => next(100))
  const spans = new ActiveSpans([{ days: 1, from: 0, to: 1 }], firsts)
  const [whole = [], first = [], ...others] = activities.map((activity) => {
    spans.clear()
    for (const hour of activity.hoursOf('CA')) addHour(spans, hour)
    return spans.counted()
  })
  expect(others.reduce(addSpans, first)).toEqual(whole)
  expect(activities.map((activity) => activity.valuesWith(500))).toEqual(slices.map(() => ['CA']))
})
