import { beforeAll, describe, expect, inject, it } from 'vitest'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { createApi, createDatabase, NOW_MS, refusalIn } from '../support/api/api-fixture.ts'
import {
  DAY_MS,
  didNotFail,
  distinct,
  logins,
  ofAttempts,
  type Test,
  useEngagement,
  within,
} from '../support/api/engagement-world.ts'
import { insertLogins } from '../support/api/logins-by-day.ts'

const { ask, field, refusal, sql } = useEngagement({ isRolledUp: true })
/** Filters know the values that were counted, and this world has no counts. */
beforeAll(async () => {
  for (const { appVersion, locale } of logins)
    await sql()`insert into dimension_value select * from unnest(array['app_version', 'locale'], ${[appVersion, locale]}::text[]) on conflict do nothing`
})
/** Lists by hour are kept from there on. */
const LISTED_FROM = '2026-02-24T00:00:00Z'

/** With how many dimensions each has. */
const filters: [string, number, Test][] = [
  ['{}', 0, () => true],
  ['{ locale: { in: ["CA", "TX"] } }', 1, ({ locale }) => locale !== 'NY'],
  ['{ appVersion: { in: ["2.0"] } }', 1, ({ appVersion }) => appVersion === '2.0'],
  [
    '{ deviceType: { in: ["IOS"] }, locale: { in: ["NY"] } }',
    2,
    ({ deviceType, locale }) => deviceType === 'iOS' && locale === 'NY',
  ],
]

/** Whether the lists that are kept and the bitmaps of whole days, which are of at most `facets` dimensions, have all of a range. */
function isKnown(fromMs: number, toMs: number, dimensions: number, facets: number): boolean {
  const isListed = (ms: number) => ms >= Date.parse(LISTED_FROM)
  if (isListed(fromMs)) return true
  const lastMidnight = Math.floor(toMs / DAY_MS) * DAY_MS
  const beginsADay = fromMs % DAY_MS === 0 && fromMs < lastMidnight
  return dimensions <= facets && beginsADay && (toMs === lastMidnight || isListed(lastMidnight))
}

it.each(Object.entries(ofAttempts))(
  'users, devices and addresses by %s are those of the logins, and refused only where lists are gone',
  async (attempts, counts) => {
    const random = sfc32(attempts.length, 1)
    const next = (below: number) => Math.floor(fraction(random) * below)
    let refused = 0
    for (let i = 0; i < 60; i++) {
      const grain = [DAY_MS, 3_600_000, 60_000][next(3)] ?? DAY_MS
      const [a = 0, b = 0] = [0, 1].map(
        () => Math.floor((NOW_MS - next(i % 2 === 0 ? 5 : 60) * DAY_MS - next(DAY_MS)) / grain) * grain,
      )
      const [fromMs, toMs] = [Math.min(a, b), Math.max(a, b) + grain]
      const [from = '', to = ''] = [fromMs, toMs].map((ms) => new Date(ms).toISOString())
      const [filter, dimensions, holds] = filters[next(filters.length)] as (typeof filters)[number]
      const seen = [counts, holds, within(from, to)]
      const expected = {
        users: isKnown(fromMs, toMs, dimensions, 1)
          ? { users: distinct('userId', ...seen).size }
          : 'DATA_GONE',
        others: isKnown(fromMs, toMs, dimensions, 0)
          ? { devices: distinct('deviceId', ...seen).size, addresses: distinct('ip', ...seen).size }
          : 'DATA_GONE',
      }
      const asked = `measures(from: "${from}", to: "${to}", attempts: ${attempts}, filter: ${filter})`
      const answered = async (fields: string) => {
        const { data, errors } = await ask(`{ ${asked} { total { ${fields} } } }`)
        return errors === undefined ? (data?.['measures'] as { total: object }).total : refusalIn(errors).code
      }
      expect({ users: await answered('users'), others: await answered('devices addresses') }, asked).toEqual(
        expected,
      )
      if (expected.users === 'DATA_GONE') refused++
    }
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(40)
  },
)

it.each(Object.entries(ofAttempts))(
  'daily, weekly and monthly users by %s, and how often they come, are of the days that end with one',
  async (attempts, counts) => {
    const usersOf = (day: string, days: number, ago = 0) => {
      const endMs = Date.parse(day) + (1 - ago) * DAY_MS
      return distinct('userId', counts, ({ eventTimeMs: ms }) => ms >= endMs - days * DAY_MS && ms < endMs)
        .size
    }
    for (const day of ['2026-02-28', '2026-01-15']) {
      const daily = Array.from({ length: 30 }, (_, ago) => usersOf(day, 1, ago))
      const to = new Date(Date.parse(day) + DAY_MS).toISOString()
      const { total } = await field<{
        total: object
      }>(`{ measures(from: "${day}", to: "${to}", attempts: ${attempts}) {
      total { users weekly: trailingUsers(days: 7) trailingUsers stickiness } } }`)
      expect(total).toEqual({
        users: usersOf(day, 1),
        weekly: usersOf(day, 7),
        trailingUsers: usersOf(day, 30),
        stickiness: expect.closeTo(
          daily.reduce((sum, users) => sum + users) / 30 / usersOf(day, 30),
          10,
        ) as unknown,
      })
    }
  },
)

it('without any lists, days are answered all the same and hours say why not', async () => {
  const url = inject('databaseUrl')
  const listless = await createDatabase(url)
  const api = createApi({ url: listless.urlOn(url), replicaUrls: [] })
  try {
    await insertLogins(listless.sql, logins, { nowMs: NOW_MS, retentionDays: 0 })
    await rollUpSightings(listless.sql)
    const asked = (to: string) =>
      api.ask(`{ measures(from: "2026-02-25T00:00:00Z", to: "${to}") { total { devices } } }`)
    const days = within('2026-02-25T00:00:00Z', '2026-03-01T00:00:00Z')
    expect((await asked('2026-03-01T00:00:00Z')).data).toEqual({
      measures: { total: { devices: distinct('deviceId', didNotFail, days).size } },
    })
    expect(refusalIn((await asked('2026-03-01T01:00:00Z')).errors)).toMatchObject({
      ...{ code: 'DATA_GONE', keptFrom: '2026-03-03T12:00:30.000Z' },
    })
  } finally {
    await api.router.close()
    await listless.drop()
  }
})

describe('older than lists by hour', () => {
  it('days of a zone are those of UTC with the same dates, and a warning says so', async () => {
    const answer =
      await ask(`{ old: measures(from: "2026-02-10", to: "2026-02-13", timeZone: "Asia/Kathmandu", bucket: DAY) {
      total { users devices addresses setBasis } points { start users setBasis } } }`)
    const days = ['2026-02-10', '2026-02-11', '2026-02-12', '2026-02-13'].map((date) => `${date}T00:00:00Z`)
    const all = within(days[0] ?? '', days[3] ?? '')
    expect(answer.data).toEqual({
      old: {
        total: {
          users: distinct('userId', didNotFail, all).size,
          devices: distinct('deviceId', didNotFail, all).size,
          addresses: distinct('ip', didNotFail, all).size,
          setBasis: 'UTC_DAYS',
        },
        points: days.slice(0, 3).map((day, i) => ({
          start: new Date(Date.parse(day) - 5.75 * 3_600_000).toISOString(),
          users: distinct('userId', didNotFail, within(day, days[i + 1] ?? '')).size,
          setBasis: 'UTC_DAYS',
        })),
      },
    })
    expect(answer.extensions).toEqual({
      warnings: [
        {
          ...{ code: 'UTC_DAYS', path: ['old'], argument: 'timeZone' },
          message: expect.stringContaining('SET_RETENTION_DAYS') as unknown,
        },
      ],
    })
  })

  it('a range that lists still have at its edge is exact', async () => {
    const { total } = await field<{ total: object }>(
      `{ measures(from: "2026-02-25", to: "2026-02-28", timeZone: "Asia/Kathmandu", bucket: DAY) { total { users setBasis } } }`,
    )
    expect(total).toEqual({
      users: distinct('userId', didNotFail, within('2026-02-24T18:15:00Z', '2026-02-27T18:15:00Z')).size,
      setBasis: 'TIME_ZONE',
    })
  })

  it.each([
    ['hours', 'from: "2026-02-10T05:00Z", to: "2026-02-10T09:00Z"', 'total { users }'],
    [
      'hours of a longer range',
      'from: "2026-02-23", to: "2026-02-26", bucket: HOUR',
      'total { series(measure: USERS) }',
    ],
    [
      'devices by a dimension',
      'from: "2026-02-10", to: "2026-02-12", filter: { locale: { in: ["CA"] } }',
      'total { devices }',
    ],
    [
      'several dimensions',
      'from: "2026-02-10", to: "2026-02-12", filter: { locale: { in: ["CA"] }, appVersion: { in: ["1.0"] } }',
      'total { users }',
    ],
  ])('%s are refused, and it is said from when on they are known', async (_, args, fields) => {
    expect(await refusal(`{ measures(${args}) { ${fields} } }`)).toEqual({
      ...{ code: 'DATA_GONE', argument: 'from', keptFrom: new Date(LISTED_FROM).toISOString() },
      message: expect.stringMatching(/SET_RETENTION_DAYS.*users of whole days/) as unknown,
    })
  })
})

describe('what is refused', () => {
  it.each([
    [
      'new people by the clock',
      'groupBy: [WEEKDAY]',
      'groups { newUsers }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'groupBy' },
    ],
    [
      'an order of new people by the clock',
      'groupBy: [HOUR_OF_DAY], orderBy: { measure: NEW_USERS }',
      'groupCount',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'groupBy' },
    ],
    [
      'groups of so many returning people by the clock',
      'groupBy: [HOUR_OF_DAY], having: { measure: RETURNING_USERS, atLeast: 1 }',
      'groupCount',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'groupBy' },
    ],
    [
      'people by the clock as of a moment',
      'groupBy: [WEEKDAY], asOf: "2026-03-01T12:00:00Z"',
      'groups { users }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'asOf' },
    ],
    [
      'people as of a moment',
      'asOf: "2026-03-01T12:00:00Z"',
      'total { users }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'asOf' },
    ],
    [
      'people since a moment',
      'since: "2026-03-01T12:00:00Z"',
      'total { peak(measure: USERS) { users } }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'since' },
    ],
    [
      'who is new of a user',
      'groupBy: [USER], first: 3',
      'groups { newUsers }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'groupBy' },
    ],
    [
      'people of more days than the cap',
      'from: "1990-01-01", to: "2026-01-01"',
      'total { users }',
      { code: 'ANSWER_TOO_LARGE', cap: 10_000, asked: 13_149 },
    ],
  ])('%s', async (_, args, fields, expected) => {
    expect(
      await refusal(`{ measures(${args === '' ? '' : `${args}, `}filter: {}) { ${fields} } }`),
    ).toMatchObject(expected)
  })
})

it('where `attempts` leaves out every outcome of the filter, nobody counts, and a warning says so', async () => {
  const answer = await ask(
    `{ measures(from: "2026-02-01", to: "2026-03-01", filter: { outcome: { in: ["FAILURE"] } }) { total { users } } }`,
  )
  expect(answer).toMatchObject({
    data: { measures: { total: { users: 0 } } },
    extensions: { warnings: [{ code: 'EMPTY_BY_ATTEMPTS', path: ['measures'], argument: 'attempts' }] },
  })
})
