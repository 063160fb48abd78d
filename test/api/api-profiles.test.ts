import { describe, expect, it } from 'vitest'
import { indexFinishedLoginDays } from '../../db/login-rows/login-indexes.ts'
import type { Login } from '../../domain/login/login.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import {
  DAY_MS,
  didNotFail,
  logins,
  ofAttempts,
  type Test,
  useEngagement,
} from '../support/api/engagement-world.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'

const engagement = useEngagement({ isRolledUp: true })
const { field, refusal } = engagement

describe('profiles', () => {
  const traitsOf = (of: Test, key: keyof Login & keyof SeenLogin) => {
    const kept = logins.filter((login) => of(login) && login.eventTimeMs >= Date.parse('2026-02-24'))
    const values = Array.from(
      Map.groupBy(kept, (login) => login[key]),
      ([value, rows]) => ({
        value,
        attempts: rows.length,
        lastSeenAt: new Date(Math.max(...rows.map(({ eventTimeMs }) => eventTimeMs))).toISOString(),
      }),
    ).sort((a, b) => (a.lastSeenAt < b.lastSeenAt ? 1 : -1))
    const precision = kept.length < logins.filter(of).length ? 'AT_LEAST' : 'EXACT'
    return { totalCount: { value: values.length, precision }, nodes: values }
  }
  const dateOf = (ms: number | undefined) =>
    ms === undefined ? null : new Date(ms).toISOString().slice(0, 'yyyy-mm-dd'.length)
  const daysOf = (of: Test) => {
    const days = [
      ...new Set(logins.filter(of).map(({ eventTimeMs }) => Math.floor(eventTimeMs / DAY_MS) * DAY_MS)),
    ].sort()
    return {
      firstDay: dateOf(days[0]),
      lastDay: dateOf(days.at(-1)),
      activeDays: days.length,
    }
  }
  const profile = (question: string) =>
    field<object>(`{ ${question} { firstDay lastDay activeDays
      traits { users { ...page } devices { ...page } addresses { ...page } } } }
      fragment page on TraitConnection { totalCount { value precision } nodes { value attempts lastSeenAt } }`)
  const expectedProfile = (of: Test) => ({
    ...daysOf((login) => of(login) && didNotFail(login)),
    traits: {
      users: traitsOf(of, 'userId'),
      devices: traitsOf(of, 'deviceId'),
      addresses: traitsOf(of, 'ip'),
    },
  })

  it.for(['scanned', 'indexed'])(
    'say when somebody was seen and with whom, from rows that are %s',
    async (how) => {
      if (how === 'indexed') expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(20)
      expect(await profile('user(userId: "user-1")')).toEqual(
        expectedProfile(({ userId }) => userId === 'user-1'),
      )
      expect(await profile('device(deviceId: "device-1-2")')).toEqual(
        expectedProfile(({ deviceId }) => deviceId === 'device-1-2'),
      )
      expect(await profile('address(ip: "2001:DB8:0::1")')).toEqual(
        expectedProfile(({ ip }) => ip === '2001:db8::1'),
      )
    },
  )

  it('count their lists exactly where all attempts are kept as rows, and at least where some are gone', async () => {
    const precisionOf = async (ip: string) => {
      const { traits } = await field<{ traits: object }>(
        `{ address(ip: "${ip}") { traits { isExpired users { totalCount { precision } } } } }`,
      )
      return traits
    }
    const isGone: Test = ({ eventTimeMs }) => eventTimeMs < Date.parse('2026-02-24')
    const byAddress = [...Map.groupBy(logins, ({ ip }) => ip)]
    const [kept = ''] = byAddress.find(([, theirs]) => !theirs.some(isGone)) ?? []
    const [gone = ''] = byAddress.find(([, theirs]) => theirs.some(isGone)) ?? []
    expect(await precisionOf(kept)).toEqual({
      isExpired: false,
      users: { totalCount: { precision: 'EXACT' } },
    })
    expect(await precisionOf(gone)).toEqual({
      isExpired: true,
      users: { totalCount: { precision: 'AT_LEAST' } },
    })
  })

  it('have the days with logins, with failures or with either: who only ever failed has no active day', async () => {
    const byAddress = Map.groupBy(logins, ({ ip }) => ip)
    const [stranger = ''] = [...byAddress].find(([, theirs]) => !theirs.some(didNotFail)) ?? []
    for (const [attempts, counts] of Object.entries(ofAttempts)) {
      const of = `(attempts: ${attempts})`
      const days = `{ firstDay${of} lastDay${of} activeDays${of} }`
      expect(await field(`{ address(ip: "${stranger}") ${days} }`)).toEqual(
        daysOf((login) => login.ip === stranger && counts(login)),
      )
      expect(await field(`{ user(userId: "user-1") ${days} }`)).toEqual(
        daysOf((login) => login.userId === 'user-1' && counts(login)),
      )
    }
    expect(await field(`{ address(ip: "${stranger}") { firstDay lastDay activeDays } }`)).toEqual({
      ...{ firstDay: null, lastDay: null, activeDays: 0 },
    })
  })

  it('have their lists page by page, in both directions', async () => {
    type Page = {
      edges: { node: { value: string } }[]
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }
    }
    const page = async (args: string) => {
      const { traits } = await field<{ traits: { addresses: Page } }>(
        `{ user(userId: "user-1") { traits { addresses(${args}) {
            edges { node { value } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`,
      )
      const { edges, pageInfo } = traits.addresses
      return { values: edges.map(({ node }) => node.value), ...pageInfo }
    }
    const all = await page('first: 500')
    expect(all.values).toHaveLength(3)
    const first = await page('first: 1')
    expect(first).toMatchObject({ values: all.values.slice(0, 1), hasNextPage: true })
    const rest = await page(`first: 500, after: "${first.endCursor}"`)
    expect(rest).toMatchObject({ values: all.values.slice(1), hasNextPage: false })
    const back = await page(`last: 1, before: "${rest.endCursor}"`)
    expect(back).toMatchObject({ values: all.values.slice(1, 2), hasPreviousPage: true })
  })

  it('say what is wrong with a page that is too large', async () => {
    const { errors } = await engagement.ask(
      '{ user(userId: "user-1") { traits { devices(first: 501) { nodes { value } } } } }',
    )
    expect(errors?.[0]).toMatchObject({
      message: 'first: 501 is more than the cap of 500 rows: ask for 500, and for the rest by after',
      extensions: { code: 'ANSWER_TOO_LARGE', argument: 'first', cap: 500, asked: 501 },
    })
  })

  it('are not found of nobody, and refuse what is no address', async () => {
    expect(await refusal('{ user(userId: "nobody") { id } }')).toEqual({
      ...{ code: 'NOT_FOUND', argument: 'userId' },
      message: 'no attempt of the user "nobody" is known: correct the userId',
    })
    expect(await refusal('{ address(ip: "1.2.3") { id } }')).toEqual({
      ...{ code: 'INVALID_ARGUMENT', argument: 'ip' },
      message: expect.stringContaining('not an IP address') as unknown,
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
        }>(
          `{ attempts(${size}: 70${place}, from: "2026-02-01") { edges { node { eventAt } } pageInfo { ${cursor} ${hasMore} } } }`,
        )
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
      const { edges } = await field<{ edges: { node: object }[] }>(
        `{ attempts(first: 500, from: "2026-02-01", filter: { ${filter} }) { edges { node { userId } } } }`,
      )
      return edges.length
    }
    const count = (of: Test) =>
      logins.filter((login) => of(login) && login.eventTimeMs >= Date.parse('2026-02-24')).length
    expect(await page('devices: ["device-1-2"]')).toBe(count(({ deviceId }) => deviceId === 'device-1-2'))
    expect(await page('addresses: ["2001:DB8:0::1"]')).toBe(count(({ ip }) => ip === '2001:db8::1'))
  })
})

it('an index of a day that is over is made once, and again when it was left unfinished', async () => {
  expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(0)
  await engagement.sql()`update pg_index set indisvalid = false where indexrelid = 'login_2026_02_27_ip'::regclass`
  expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(1)
  expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(0)
})
