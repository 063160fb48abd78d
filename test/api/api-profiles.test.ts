import { describe, expect, it } from 'vitest'
import { indexFinishedLoginDays } from '../../db/login-rows/login-indexes.ts'
import type { Login } from '../../domain/login/login.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { DAY_MS, logins, type Test, useEngagement } from '../support/api/engagement-world.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'

const engagement = useEngagement({ isRolledUp: true })
const { field } = engagement

describe('profiles', () => {
  const traitsOf = (of: Test, key: keyof Login & keyof SeenLogin) => {
    const kept = logins.filter((login) => of(login) && login.eventTimeMs >= Date.parse('2026-02-24'))
    const values = Array.from(
      Map.groupBy(kept, (login) => login[key]),
      ([value, rows]) => ({
        value,
        logins: rows.length,
        lastAt: new Date(Math.max(...rows.map(({ eventTimeMs }) => eventTimeMs))).toISOString(),
      }),
    ).sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1))
    return { total: values.length, edges: values.map((node) => ({ node })) }
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
    field<object>(`{ ${question} { ... on Profile { firstDay lastDay activeDays
      traits { users { ...page } devices { ...page } addresses { ...page } } } ... on Error { message } } }
      fragment page on TraitConnection { total edges { node { value logins lastAt } } }`)
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
      if (how === 'indexed') expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(20)
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

  it('have their lists page by page, in both directions', async () => {
    type Page = {
      edges: { node: { value: string } }[]
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }
    }
    const page = async (args: string) => {
      const { traits } = await field<{ traits: { addresses: Page } }>(
        `{ user(id: "user-1") { ... on Profile { traits { addresses(${args}) {
            edges { node { value } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } } }`,
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
      '{ user(id: "user-1") { ... on Profile { traits { devices(first: 501) { total } } } } }',
    )
    expect(errors?.[0]).toMatchObject({
      message: 'first: 501 is more than the cap of 500 rows: ask for 500, and for the rest by after',
      extensions: { code: 'PageTooLarge' },
    })
  })

  it('are not found of nobody, and refuse what is no address', async () => {
    expect(await profile('user(id: "nobody")')).toEqual({ message: 'no login of the user "nobody" is known' })
    expect(await profile('address(ip: "1.2.3")')).toEqual({
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
  expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(0)
  await engagement.sql()`update pg_index set indisvalid = false where indexrelid = 'login_2026_02_27_ip'::regclass`
  expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(1)
  expect(await indexFinishedLoginDays(engagement.sql(), NOW_MS)).toBe(0)
})
