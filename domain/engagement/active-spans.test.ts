import { expect, test } from 'vitest'
import { fraction, sfc32, type Random32 } from '../../generator/sfc32.ts'
import { createCalendar } from '../time/calendar.ts'
import { DAY_MS } from '../time/period.ts'
import {
  ActiveSpans,
  BEFORE_ALL_QUARTERS,
  QUARTERS_PER_DAY,
  spanLengths,
  spansOf,
  type CountedSpans,
  type SpanStarts,
} from './active-spans.ts'
import { QUARTER_MS } from '../time/bucket.ts'

type Activity = { quarter: number; user: number }

const draw = (random: Random32, below: number) => Math.floor(fraction(random) * below)

/** Who is active when, within days: in bursts and alone, also in neighbouring quarters, and more than once in one. */
function history(random: Random32, users: number, days: number, logins: number): Activity[] {
  const quarters = days * QUARTERS_PER_DAY
  const activity: Activity[] = []
  while (activity.length < logins) {
    const [user, quarter] = [draw(random, users), draw(random, quarters)]
    for (let burst = 1 + draw(random, 3); burst > 0; burst--)
      activity.push({ user, quarter: Math.min(quarters - 1, quarter + draw(random, 3)) })
  }
  return activity
}

/** The quarter of each user's first login: that of the activity, or one before it, of which nothing else is known. */
function firstsOf(random: Random32, activity: readonly Activity[], users: number): Int32Array {
  const firsts = new Int32Array(users).fill(BEFORE_ALL_QUARTERS)
  for (let user = 0; user < users; user++) {
    const own = activity.filter((one) => one.user === user).map(({ quarter }) => quarter)
    const earlier = draw(random, 2) * draw(random, 2 * QUARTERS_PER_DAY)
    if (own.length > 0 && draw(random, 4) > 0) firsts[user] = Math.min(...own) - earlier
  }
  return firsts
}

function count(starts: SpanStarts[], firsts: Int32Array, activity: readonly Activity[]): CountedSpans[] {
  const spans = new ActiveSpans(starts, firsts)
  const inOrder = [...activity].sort((a, b) => a.quarter - b.quarter)
  for (const { quarter, user } of inOrder) spans.add(quarter, Int32Array.of(user))
  return spans.counted()
}

const activeIn = (activity: readonly Activity[], from: number, to: number) =>
  new Set(activity.filter(({ quarter }) => quarter >= from && quarter < to).map(({ user }) => user))

/** Those of the users of a span whose first login is in it. */
const newOf = (users: Set<number>, firsts: Int32Array, from: number) =>
  [...users].filter((user) => (firsts[user] ?? 0) >= from).length

test('spans of any length that begin in any quarter have as many users, and new ones, as the sets say (2,000 histories)', () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = sfc32(seed, 31)
    const [users, days] = [1 + draw(random, 9), 4 + draw(random, 5)]
    const activity = history(random, users, days, 1 + draw(random, 40))
    const firsts = firstsOf(random, activity, users)
    const starts = spanLengths
      .filter((length) => length < days)
      .map((length) => {
        const from = draw(random, days - length)
        return { days: length, from, to: from + 1 + draw(random, days - length - from) }
      })
    for (const { days: length, from, to, active, newUsers } of count(starts, firsts, activity)) {
      expect(active).toHaveLength((to - from) * QUARTERS_PER_DAY)
      for (let at = draw(random, 7); at < active.length; at += 1 + draw(random, 13)) {
        const start = from * QUARTERS_PER_DAY + at
        const seen = activeIn(activity, start, start + length * QUARTERS_PER_DAY)
        expect([active[at], newUsers[at]], `seed ${seed}, ${length} days from ${start}`).toEqual([
          seen.size,
          newOf(seen, firsts, start),
        ])
      }
    }
  }
})

test('spans of 14 and 30 days, and what is not in them, count as those of a day do', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = sfc32(seed, 32)
    const activity = history(random, 30, 40, 200)
    const firsts = firstsOf(random, activity, 30)
    const starts = [14, 30].map((days) => ({ days, from: 2, to: 40 - days }))
    for (const { days, from, active, newUsers } of count(starts, firsts, activity))
      for (let at = draw(random, 40); at < active.length; at += 97) {
        const start = from * QUARTERS_PER_DAY + at
        const seen = activeIn(activity, start, start + days * QUARTERS_PER_DAY)
        expect([active[at], newUsers[at]]).toEqual([seen.size, newOf(seen, firsts, start)])
      }
  }
})

test.each(['Asia/Kathmandu', 'Asia/Kolkata', 'Pacific/Chatham', 'America/St_Johns', 'Europe/Berlin', 'UTC'])(
  'the days of %s are spans, except those in which its clock changes; who came back is in none of their own',
  (timeZone) => {
    const calendar = createCalendar(timeZone)
    // Both changes of the clock of a year lie in it.
    const firstDay = Date.parse('2026-03-01T00:00:00Z') / DAY_MS
    const days = 245
    const random = sfc32(9, 33)
    const activity = history(random, 12, days, 2_000)
    const firsts = firstsOf(random, activity, 12)
    const [ones, twos] = count(
      [1, 2].map((length) => ({ days: length, from: 0, to: days - length })),
      firsts,
      activity,
    )
    const range = { fromMs: (firstDay + 2) * DAY_MS, toMs: (firstDay + days - 3) * DAY_MS }
    const dateOf = (quarter: number) =>
      new Date(calendar.wall(firstDay * DAY_MS + quarter * QUARTER_MS)).toISOString().slice(0, 10)
    const byDate = Map.groupBy(activity, ({ quarter }) => dateOf(quarter))
    const usersOf = (date: string) => new Set(byDate.get(date)?.map(({ user }) => user))
    const found = calendar.buckets('day', range, 1_000).slice(2, -2)
    let whole = 0
    for (const { fromMs, toMs } of found) {
      if (toMs - fromMs !== DAY_MS) continue
      const start = (fromMs - firstDay * DAY_MS) / QUARTER_MS
      const dayBefore = usersOf(dateOf(start - QUARTERS_PER_DAY))
      const seen = usersOf(dateOf(start))
      expect(ones?.active[start]).toBe(seen.size)
      if (calendar.startOf('day', fromMs - DAY_MS) !== fromMs - DAY_MS) continue
      const before = start - QUARTERS_PER_DAY
      const returning = (ones?.active[start] ?? 0) + (ones?.active[before] ?? 0) - (twos?.active[before] ?? 0)
      expect(returning).toBe([...seen].filter((user) => dayBefore.has(user)).length)
      whole++
    }
    expect(whole).toBeGreaterThan(230)
  },
)

test('what is added after clear knows nothing of what was added before', () => {
  const spans = new ActiveSpans([{ days: 1, from: 0, to: 1 }], Int32Array.of(0, 3))
  spans.add(0, Int32Array.of(0, 1))
  spans.clear()
  spans.add(3, Int32Array.of(1, 1))
  const [counted] = spans.counted()
  expect([...(counted?.active ?? [])].slice(0, 6)).toEqual([1, 1, 1, 1, 0, 0])
  expect([...(counted?.newUsers ?? [])].slice(0, 6)).toEqual([1, 1, 1, 1, 0, 0])
})

test('the spans that have something of a day begin on it, or so many days before, and end in the days that there are', () => {
  expect(spansOf({ first: 100, last: 100 }, { first: 80, last: 110 })).toEqual([
    { days: 1, from: 99, to: 101 },
    { days: 2, from: 98, to: 101 },
    { days: 7, from: 93, to: 101 },
    { days: 14, from: 86, to: 97 },
    { days: 30, from: 80, to: 81 },
  ])
  expect(spansOf({ first: 5, last: 6 }, { first: 5, last: 6 })).toEqual([{ days: 1, from: 5, to: 6 }])
})
