import { describe, expect, it } from 'vitest'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import {
  anybody,
  common,
  DAY_MS,
  distinct,
  logins,
  type Test,
  useEngagement,
  within,
  without,
} from '../support/api/engagement-world.ts'

const { field } = useEngagement({ isRolledUp: true })

/** The same by sets of user ids, from the logins themselves. */
function expectedPoints(bounds: string[], filter: Test) {
  const firstMs = new Map<string, number>()
  for (const { userId, eventTimeMs } of logins)
    firstMs.set(userId, Math.min(eventTimeMs, firstMs.get(userId) ?? Infinity))
  const active = bounds
    .slice(0, -1)
    .map((from, i) => distinct('userId', within(from, bounds[i + 1] ?? ''), filter))
  return active.slice(1).map((now, i) => {
    const start = bounds[i + 1] ?? ''
    const isNew = (user: string) => (firstMs.get(user) ?? 0) >= Date.parse(start)
    const before = active[i] ?? new Set<string>()
    const fresh = new Set([...now].filter(isNew))
    return {
      start: new Date(start).toISOString(),
      active: now.size,
      new: fresh.size,
      returning: common(now, before).size,
      resurrected: without(without(now, before), fresh).size,
      dormant: without(before, now).size,
    }
  })
}

describe('activeUsers', () => {
  const every = (first: string, days: number, count: number) =>
    Array.from({ length: count }, (_, i) => new Date(Date.parse(first) + i * days * DAY_MS).toISOString())
  const months = ['2025-11', '2025-12', '2026-01', '2026-02', '2026-03', '2026-04'].map(
    (month) => `${month}-01T00:00:00Z`,
  )

  it.for([
    ['DAY', every('2026-01-25', 1, 30)],
    ['WEEK', every('2025-12-01', 7, 14)],
    ['MONTH', months],
  ] as const)(
    'are new, returning, resurrected or dormant by %s as the logins say',
    async ([period, bounds]) => {
      for (const [filter, holds] of [
        ['{}', anybody],
        ['{ locales: ["CA", "TX"] }', ({ locale }: SeenLogin) => locale !== 'NY'],
        ['{ deviceTypes: [ANDROID] }', ({ deviceType }: SeenLogin) => deviceType === 'android'],
      ] as const) {
        const { points } = await field<{ points: object[] }>(`{
        activeUsers(from: "${bounds[1] ?? ''}", to: "${bounds.at(-1) ?? ''}", period: ${period}, filter: ${filter}) {
          ... on ActiveUsers { points { start active new returning resurrected dormant } } } }`)
        expect(points).toEqual(expectedPoints([...bounds], holds))
      }
    },
  )

  it('say which periods there are when asked for others, and which filter they cannot take', async () => {
    const failed = (args: string) => field(`{ activeUsers(${args}) { ... on Error { message } } }`)
    expect(await failed('from: "2026-02-03T00:00:00Z", to: "2026-03-02T00:00:00Z", period: WEEK')).toEqual({
      message: expect.stringContaining('2026-02-02T00:00:00Z or 2026-02-09T00:00:00Z') as unknown,
    })
    expect(await failed('from: "2020-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z", period: DAY')).toEqual({
      message: expect.stringContaining('more than the cap of 366') as unknown,
    })
    expect(
      await failed(
        'from: "2026-02-02T00:00:00Z", to: "2026-02-03T00:00:00Z", period: DAY, filter: { locales: [], outcomes: [] }',
      ),
    ).toEqual({ message: expect.stringContaining('one dimension at a time') as unknown })
  })

  it('come as often as stickiness says', async () => {
    const days = Array.from({ length: 30 }, (_, i) => Date.parse('2026-02-28') - i * DAY_MS)
    const daily = days.map(
      (ms) => distinct('userId', ({ eventTimeMs }) => eventTimeMs >= ms && eventTimeMs < ms + DAY_MS).size,
    )
    const monthly = distinct('userId', within('2026-01-30T00:00:00Z', '2026-03-01T00:00:00Z')).size
    expect(
      await field(
        '{ stickiness { ... on Stickiness { dailyActive weeklyActive monthlyActive stickiness } } }',
      ),
    ).toEqual({
      dailyActive: daily[0],
      weeklyActive: distinct('userId', within('2026-02-22T00:00:00Z', '2026-03-01T00:00:00Z')).size,
      monthlyActive: monthly,
      stickiness: expect.closeTo(daily.reduce((sum, users) => sum + users) / 30 / monthly, 10) as unknown,
    })
  })
})

describe('cohortRetention', () => {
  type Cohorts = {
    cohorts: { start: string; value: string | null; users: number; periods: { users: number }[] }[]
  }
  const months = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04'].map(
    (month) => `${month}-01T00:00:00Z`,
  )
  const retention = (by: string) =>
    field<Cohorts>(`{ cohortRetention(period: MONTH, from: "2025-12-01T00:00:00Z", periods: 6, by: ${by}) {
      ... on CohortRetention { cohorts { start value users periods { offset users share } } } } }`)

  function expected(value: ((login: SeenLogin) => string) | null) {
    const first = new Map<string, number>()
    const dayOf = ({ eventTimeMs }: SeenLogin) => Math.floor(eventTimeMs / DAY_MS)
    for (const login of logins)
      first.set(login.userId, Math.min(dayOf(login), first.get(login.userId) ?? Infinity))
    const ofFirstDay = logins.filter((login) => first.get(login.userId) === dayOf(login))
    return months.slice(0, -1).flatMap((start, i) => {
      const began = ofFirstDay.filter(within(start, months[i + 1] ?? ''))
      const values = [...new Set(began.map((login) => value?.(login) ?? null))].sort()
      return values.map((one) => {
        const users = new Set(
          began.filter((login) => (value?.(login) ?? null) === one).map(({ userId }) => userId),
        )
        const periods = months.slice(i, -1).map((from, offset) => {
          const seen = distinct('userId', within(from, months[i + offset + 1] ?? ''))
          const active = common(seen, users).size
          return { offset, users: active, share: active / users.size }
        })
        return { start: new Date(start).toISOString(), value: one, users: users.size, periods }
      })
    })
  }

  it('follows the users of each first month through the months that have begun', async () => {
    expect((await retention('NONE')).cohorts).toEqual(expected(null))
  })

  it('has no cohorts of the future, and says so', async () => {
    const future = 'period: DAY, from: "2026-03-02T00:00:00Z", periods: 3, by: DEVICE_TYPE'
    expect(await field(`{ cohortRetention(${future}) { ... on Error { message } } }`)).toEqual({
      message: 'from must not be in a period that has not begun',
    })
  })

  it('divides them by what they used on their first day', async () => {
    expect((await retention('APP_VERSION')).cohorts).toEqual(expected(({ appVersion }) => appVersion))
    expect((await retention('DEVICE_TYPE')).cohorts).toEqual(expected(({ deviceType }) => deviceType))
  })
})
