import { describe, expect, inject, it } from 'vitest'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { insertLogins } from '../support/api/logins-by-day.ts'
import { distinct, logins, type Test, useEngagement, within } from '../support/api/engagement-world.ts'
import { createApi, createDatabase, NOW_MS } from '../support/api/api-fixture.ts'

const engagement = useEngagement({ isRolledUp: false })
const { field } = engagement

it('says that engagement lacks what is not rolled up yet, and is complete once it is', async () => {
  const question = `{ stickiness(day: "2026-02-28T00:00:00Z") {
    ... on Stickiness { monthlyActive freshness { lag complete } } } }`
  expect(await field(question)).toEqual({ monthlyActive: 0, freshness: { lag: 1_000, complete: false } })
  await rollUpSightings(engagement.sql())
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

  it.for([
    ['by day', '2026-02-25T05:30:00Z', '2026-02-27T05:30:00Z', '{}'],
    ['in rows', '2026-02-25T05:30:00Z', '2026-02-25T09:30:00Z', '{ locales: ["CA"], deviceTypes: [IOS] }'],
  ])(
    'are counted of the kinds that are asked for, of none too: %s',
    async ([, from = '', to = '', filter = '']) => {
      const asked = (fields: string) =>
        field<object>(`
        { uniques(from: "${from}", to: "${to}", filter: ${filter}) { ... on Uniques { ${fields} } } }`)
      const all = (await uniques(from, to, filter)) as { devices: { count: number } }
      expect(await asked('... on Uniques { seen: devices { count } }')).toEqual({
        seen: { count: all.devices.count },
      })
      expect(await asked('to')).toEqual({ to: new Date(to).toISOString() })
    },
  )

  it('name the retention and how to ask instead when only rows that are gone could answer', async () => {
    expect(await uniques('2026-02-20T05:00:00Z', '2026-02-27T05:00:00Z')).toEqual({
      message: expect.stringMatching(/LOGIN_RETENTION_DAYS.*whole days of UTC/) as unknown,
      keptFrom: '2026-02-24T00:00:00.000Z',
    })
  })
})

it('without any rows of logins, days are answered all the same and hours say why not', async () => {
  const url = inject('databaseUrl')
  const rowless = await createDatabase(url)
  const api = createApi({ url: rowless.urlOn(url), replicaUrls: [] })
  try {
    await insertLogins(rowless.sql, logins, { nowMs: NOW_MS, retentionDays: 0 })
    await rollUpSightings(rowless.sql)
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
