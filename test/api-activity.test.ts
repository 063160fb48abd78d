import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { foldPresence } from '../db/fold-presence.ts'
import { indexFinishedLoginDays } from '../db/login-indexes.ts'
import { parseIp } from '../domain/ip.ts'
import type { Login } from '../domain/login.ts'
import { fraction, sfc32 } from '../generator/sfc32.ts'
import { insertLogins, type SeenLogin } from './activity-logins.ts'
import { type Answer, createApi, createDatabase, NOW_MS, type TestDatabase } from './api-fixture.ts'
import { insertBatches, insertCheckpoint } from './api-rows.ts'

const RETENTION_DAYS = 5
const DAY_MS = 86_400_000
const logins = somebodysLogins()

let database: TestDatabase
let ask: (query: string, variables?: object) => Promise<Answer>
let close: () => Promise<void>

beforeAll(async () => {
  const url = inject('databaseUrl')
  database = await createDatabase(url)
  const api = createApi(
    { url: database.urlOn(url), replicaUrls: [] },
    { kafka: () => ({ ok: true, bounds: [{ partition: 0, start: 0n, end: 1_000n }] }) },
  )
  ask = api.ask
  close = () => api.router.close()
  await insertCheckpoint(database.sql, 0, 1_000, '2026-03-01T12:00:00Z')
  await insertBatches(database.sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
  await insertLogins(database.sql, logins, { nowMs: NOW_MS, retentionDays: RETENTION_DAYS })
})

afterAll(async () => {
  await close()
  await database.drop()
})

function normal(ip: string): string {
  return parseIp(ip)?.ip ?? ''
}

/** Users that come and go over four months, some of two devices or versions. */
function somebodysLogins(): SeenLogin[] {
  const random = sfc32(7, 7)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(fraction(random) * values.length)] as T
  return Array.from({ length: 1_000 }, () => {
    const user = Math.floor(fraction(random) ** 2 * 60)
    return {
      userId: `user-${user}`,
      deviceId: `device-${user % 40}-${pick([1, 1, 2])}`,
      ip: normal(pick([`192.0.2.${user}`, `2001:db8::${user.toString(16)}`, `::198.51.100.${user}`])),
      eventTimeMs: NOW_MS - Math.floor(fraction(random) ** 1.5 * 120 * DAY_MS),
      deviceType: pick(['iOS', 'android', 'unknown'] as const),
      appVersion: pick(['1.0', '2.0']),
      locale: pick(['CA', 'NY', 'TX']),
      outcome: 'unknown',
    }
  })
}

const field = async <T>(query: string): Promise<T> => {
  const { data, errors } = await ask(query)
  expect(errors).toBeUndefined()
  return Object.values(data ?? {})[0] as T
}

type Test = (login: SeenLogin) => boolean
const anybody: Test = () => true
const within = (from: string, to: string): Test => {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  return ({ eventTimeMs }) => eventTimeMs >= fromMs && eventTimeMs < toMs
}
const distinct = (key: 'userId' | 'deviceId' | 'ip', ...tests: Test[]) =>
  new Set(logins.filter((login) => tests.every((holds) => holds(login))).map((login) => login[key]))

const common = (a: Set<string>, b: Set<string>) => new Set([...a].filter((id) => b.has(id)))
const without = (a: Set<string>, b: Set<string>) => new Set([...a].filter((id) => !b.has(id)))

it('says that activity lacks what is not folded yet, and is complete once it is', async () => {
  const question = `{ stickiness(day: "2026-02-28T00:00:00Z") {
    ... on Stickiness { monthlyActive freshness { lag complete } } } }`
  expect(await field(question)).toEqual({ monthlyActive: 0, freshness: { lag: 1_000, complete: false } })
  await foldPresence(database.sql)
  expect(await field(question)).toEqual({
    monthlyActive: distinct('userId', within('2026-01-30T00:00:00Z', '2026-03-01T00:00:00Z')).size,
    freshness: { lag: 0, complete: true },
  })
})

describe('uniques', () => {
  const uniques = (from: string, to: string, filter = '{}') =>
    field<object>(`{ uniques(from: "${from}", to: "${to}", filter: ${filter}) {
      ... on Uniques { users { count source } devices { count source } addresses { count source } }
      ... on RowsGoneError { message keptFrom } } }`)
  const counted = (source: string, ...tests: Test[]) => ({
    users: { count: distinct('userId', ...tests).size, source },
    devices: { count: distinct('deviceId', ...tests).size, source },
    addresses: { count: distinct('ip', ...tests).size, source },
  })

  it.for([
    ['2026-02-25T00:00:00Z', '2026-02-28T00:00:00Z'],
    ['2025-11-10T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['2026-01-31T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['2025-12-29T00:00:00Z', '2026-02-03T00:00:00Z'],
  ])('are exact for whole days at any age: %s to %s', async ([from = '', to = '']) => {
    expect(await uniques(from, to)).toEqual(counted('DAYS', within(from, to)))
  })

  it.for([
    ['2026-02-25T05:30:00Z', '2026-02-27T05:30:00Z'],
    ['2026-02-24T23:00:00Z', '2026-02-28T00:00:00Z'],
    ['2026-02-25T00:00:00Z', '2026-02-28T17:45:00Z'],
  ])('add the hours beside whole days while their rows are kept: %s to %s', async ([from = '', to = '']) => {
    expect(await uniques(from, to)).toEqual(counted('DAYS_AND_ROWS', within(from, to)))
    const version: Test = ({ appVersion }) => appVersion === '2.0'
    const rows = counted('ROWS', within(from, to), version)
    expect(await uniques(from, to, '{ appVersions: ["2.0"] }')).toEqual({
      ...rows,
      users: { ...rows.users, source: 'DAYS_AND_ROWS' },
    })
  })

  it('are exact within a day and for several dimensions while rows are kept', async () => {
    const [hour, next] = ['2026-02-25T05:00:00Z', '2026-02-25T22:00:00Z'] as const
    expect(await uniques(hour, next)).toEqual(counted('ROWS', within(hour, next)))
    const [from, to] = ['2026-02-25T05:30:00Z', '2026-02-27T05:30:00Z'] as const
    const filtered: Test = ({ locale, deviceType }) => locale !== 'TX' && deviceType === 'iOS'
    expect(await uniques(from, to, '{ locales: ["CA", "NY"], deviceTypes: [IOS] }')).toEqual(
      counted('ROWS', within(from, to), filtered),
    )
  })

  it('know users by one dimension at any age, devices and addresses by it while rows are kept', async () => {
    const [from, to] = ['2025-12-01T00:00:00Z', '2026-02-03T00:00:00Z'] as const
    const users = distinct('userId', within(from, to), ({ locale }) => locale !== 'TX').size
    expect(await uniques(from, to, '{ locales: ["CA", "NY"] }')).toEqual({
      users: { count: users, source: 'DAYS' },
      devices: null,
      addresses: null,
    })
    const days = within('2026-02-25T00:00:00Z', '2026-02-28T00:00:00Z')
    const all = counted('ROWS', days, ({ appVersion }) => appVersion === '2.0')
    expect(await uniques('2026-02-25T00:00:00Z', '2026-02-28T00:00:00Z', '{ appVersions: ["2.0"] }')).toEqual(
      {
        ...all,
        users: { ...all.users, source: 'DAYS' },
      },
    )
  })

  it('name the retention and how to ask instead when only rows that are gone could answer', async () => {
    expect(await uniques('2026-02-20T05:00:00Z', '2026-02-27T05:00:00Z')).toEqual({
      message: expect.stringMatching(/LOGIN_RETENTION_DAYS.*whole days of UTC/) as unknown,
      keptFrom: '2026-02-24T00:00:00.000Z',
    })
  })
})

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

describe('profiles', () => {
  const traitsOf = (of: Test, key: keyof Login & keyof SeenLogin) => {
    const kept = logins.filter((login) => of(login) && login.eventTimeMs >= Date.parse('2026-02-24'))
    return Array.from(
      Map.groupBy(kept, (login) => login[key]),
      ([value, rows]) => ({
        value,
        logins: rows.length,
        lastAt: new Date(Math.max(...rows.map(({ eventTimeMs }) => eventTimeMs))).toISOString(),
      }),
    ).sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1))
  }
  const daysOf = (of: Test) => {
    const days = [
      ...new Set(logins.filter(of).map(({ eventTimeMs }) => Math.floor(eventTimeMs / DAY_MS) * DAY_MS)),
    ].sort()
    return {
      firstDay: new Date(days[0] ?? 0).toISOString(),
      lastDay: new Date(days.at(-1) ?? 0).toISOString(),
      activeDays: days.length,
    }
  }
  const profile = (question: string) =>
    field<object>(`{ ${question} { ... on Profile { firstDay lastDay activeDays traits {
      users { value logins lastAt } devices { value logins lastAt } addresses { value logins lastAt } } }
      ... on Error { message } } }`)
  const expectedProfile = (of: Test) => ({
    ...daysOf(of),
    traits: {
      users: traitsOf(of, 'userId'),
      devices: traitsOf(of, 'deviceId'),
      addresses: traitsOf(of, 'ip'),
    },
  })

  it.for(['scanned', 'indexed'])(
    'say when somebody was seen and with whom, from rows that are %s',
    async (how) => {
      if (how === 'indexed') expect(await indexFinishedLoginDays(database.sql, NOW_MS)).toBe(20)
      expect(await profile('user(id: "user-1")')).toEqual(
        expectedProfile(({ userId }) => userId === 'user-1'),
      )
      expect(await profile('device(id: "device-1-2")')).toEqual(
        expectedProfile(({ deviceId }) => deviceId === 'device-1-2'),
      )
      expect(await profile('address(ip: "2001:DB8:0::1")')).toEqual(
        expectedProfile(({ ip }) => ip === '2001:db8::1'),
      )
    },
  )

  it('are not found of nobody, and refuse what is no address', async () => {
    expect(await profile('user(id: "nobody")')).toEqual({ message: 'no login of the user "nobody" is known' })
    expect(await profile('address(ip: "1.2.3")')).toEqual({
      message: expect.stringContaining('no IP address') as unknown,
    })
  })

  it.for([
    ['first', 'after', 'endCursor', 'hasNextPage'],
    ['last', 'before', 'startCursor', 'hasPreviousPage'],
  ])(
    'lead to all logins page by page, near each other and far apart: %s',
    async ([size, from, cursor, hasMore]) => {
      const found: string[] = []
      let place = ''
      for (let more = true; more;) {
        const { edges, pageInfo } = await field<{
          edges: { node: { eventAt: string } }[]
          pageInfo: Record<string, string | boolean>
        }>(`{ logins(${size}: 70${place}, filter: { event: { from: "2026-02-01T00:00:00Z" } }) { ... on LoginConnection {
            edges { node { eventAt } } pageInfo { ${cursor} ${hasMore} } } } }`)
        const page = edges.map(({ node }) => node.eventAt)
        found.push(...(size === 'first' ? page : page.reverse()))
        place = `, ${from}: "${String(pageInfo[cursor ?? ''])}"`
        more = pageInfo[hasMore ?? ''] === true
      }
      const kept = logins.map(({ eventTimeMs }) => eventTimeMs).filter((ms) => ms >= Date.parse('2026-02-24'))
      const newestFirst = kept.sort((a, b) => b - a).map((ms) => new Date(ms).toISOString())
      expect(found).toEqual(size === 'first' ? newestFirst : newestFirst.reverse())
    },
  )

  it('lead to the logins of a device and of an address', async () => {
    const page = async (filter: string) => {
      const event = 'event: { from: "2026-02-01T00:00:00Z" }'
      const { edges } = await field<{ edges: { node: object }[] }>(
        `{ logins(first: 500, filter: { ${filter}, ${event} }) { ... on LoginConnection { edges { node { userId } } } } }`,
      )
      return edges.length
    }
    const count = (of: Test) =>
      logins.filter((login) => of(login) && login.eventTimeMs >= Date.parse('2026-02-24')).length
    expect(await page('deviceId: "device-1-2"')).toBe(count(({ deviceId }) => deviceId === 'device-1-2'))
    expect(await page('ip: "2001:DB8:0::1"')).toBe(count(({ ip }) => ip === '2001:db8::1'))
  })
})

it('an index of a day that is over is made once, and again when it was left unfinished', async () => {
  expect(await indexFinishedLoginDays(database.sql, NOW_MS)).toBe(0)
  await database.sql`update pg_index set indisvalid = false where indexrelid = 'login_2026_02_27_ip'::regclass`
  expect(await indexFinishedLoginDays(database.sql, NOW_MS)).toBe(1)
  expect(await indexFinishedLoginDays(database.sql, NOW_MS)).toBe(0)
})

it('without any rows of logins, days are answered all the same and hours say why not', async () => {
  const url = inject('databaseUrl')
  const rowless = await createDatabase(url)
  const api = createApi({ url: rowless.urlOn(url), replicaUrls: [] })
  try {
    await insertLogins(rowless.sql, logins, { nowMs: NOW_MS, retentionDays: 0 })
    await foldPresence(rowless.sql)
    const ask = async (to: string) =>
      (
        await api.ask(`{ uniques(from: "2026-02-25T00:00:00Z", to: "${to}") {
          ... on Uniques { devices { count source } } ... on RowsGoneError { keptFrom } } }`)
      ).data
    const devices = distinct('deviceId', within('2026-02-25T00:00:00Z', '2026-03-01T00:00:00Z')).size
    expect(await ask('2026-03-01T00:00:00Z')).toEqual({
      uniques: { devices: { count: devices, source: 'DAYS' } },
    })
    expect(await ask('2026-03-01T01:00:00Z')).toEqual({ uniques: { keptFrom: null } })
  } finally {
    await api.router.close()
    await rowless.drop()
  }
})
