import { describe, expect, it } from 'vitest'
import { insertBatches, insertCounts, insertDelta } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const logins = (minute: string, version: string, count: number, device = 'android', locale = 'CA') =>
  [minute, device, version, locale, count] as [string, string, string, string, number]

// The clock of the API stands at 2026-03-01T12:00:30Z.
const { field } = useApi(async (sql) => {
  await insertCounts(sql, [
    logins('2025-05-01T10:00Z', '5.0.0', 1),
    logins('2025-05-02T10:00Z', '4.9.0', 1),
    // A login of a thousand, two of many more, and one of twenty.
    logins('2025-08-01T10:00Z', '5.1.0', 999),
    logins('2025-08-01T11:00Z', '999999.0.0', 1),
    logins('2025-08-02T10:00Z', '5.1.0', 18),
    logins('2025-08-02T11:00Z', 'v888.0', 1),
    logins('2025-08-03T11:00Z', '5.1.0', 20),
    // A release at a place with few logins, in three spellings.
    logins('2025-09-01T10:00Z', '5.1.0', 57),
    logins('2025-09-01T11:00Z', '5.2', 1),
    logins('2025-09-01T12:00Z', 'v5.2.0', 1),
    logins('2025-09-01T12:00Z', '5.2.0+77', 1, 'iOS', 'TX'),
    logins('2025-09-02T12:00Z', '6.0.0-rc.1', 20),
    logins('2025-09-02T12:00Z', '5.1.0', 20, 'iOS', 'TX'),
    logins('2025-09-02T12:00Z', '1.2.3.4', 5),
    logins('2025-09-02T12:00Z', 'unknown', 5),
    // A day with few logins.
    logins('2025-01-10T11:00Z', '0.9.0', 5),
    logins('2025-01-10T12:00Z', '999999.0.0', 1),
    logins('2026-03-01T11:00Z', '7.0', 1),
  ])
  await insertBatches(sql, [{ id: 1, from: 0, to: 5, committedAt: '2026-01-10T10:00:00Z' }])
  await insertDelta(sql, 1, ['2026-01-10T10:00:00Z'], [5])
})

type Point = {
  start: string
  logins: number
  newest: string | null
  outdatedLogins: number
  versions: { version: string }[]
}

const ask = (args: string) =>
  field<{ points: Point[]; message?: string; __typename?: string }>(
    `{ versionAdoption(${args}) { ... on VersionAdoption { points { start logins newest outdatedLogins versions { version } } }
       ... on Error { __typename message } } }`,
  )
const day = (date: string, more = '') => {
  const end = new Date(Date.parse(`${date}T00:00Z`) + 86_400_000).toISOString()
  return ask(`from: "${date}T00:00Z", to: "${end}", bucket: DAY ${more}`)
}
const outdated = async (date: string, more = '') => {
  const { points } = await day(date, more)
  return points.map(({ newest, outdatedLogins }) => [newest, outdatedLogins])
}

describe('the newest release', () => {
  it('is the same whatever the range begins with', async () => {
    expect(await outdated('2025-05-02')).toEqual([['5.0.0', 1]])
    const { points } = await ask('from: "2025-04-30T00:00Z", to: "2025-05-04T00:00Z", bucket: DAY')
    expect(points.map(({ newest, outdatedLogins }) => [newest, outdatedLogins])).toEqual([
      [null, 0],
      ['5.0.0', 0],
      ['5.0.0', 1],
      ['5.0.0', 0],
    ])
    const hours = await ask('from: "2025-05-02T10:00Z", to: "2025-05-02T12:00Z", bucket: HOUR')
    expect(hours.points.map(({ newest }) => newest)).toEqual(['5.0.0', '5.0.0'])
  })

  it('is none that a few logins made up, and it is listed all the same', async () => {
    const { points } = await ask('from: "2025-08-01T00:00Z", to: "2025-08-04T00:00Z", bucket: DAY')
    expect(points.map(({ newest, outdatedLogins }) => [newest, outdatedLogins])).toEqual([
      ['5.1.0', 0],
      ['5.1.0', 0],
      ['5.1.0', 0],
    ])
    expect(points.map(({ versions }) => versions.map(({ version }) => version))).toEqual([
      ['5.1.0', '999999.0.0'],
      ['5.1.0', 'v888.0'],
      ['5.1.0'],
    ])
  })

  it('is none that one login made up on a day with few', async () => {
    expect(await outdated('2025-01-10')).toEqual([['0.9.0', 0]])
  })

  it('is one with three logins of sixty, in any spelling; a pre-release and other text are none', async () => {
    expect(await outdated('2025-09-01')).toEqual([['5.2.0', 57]])
    expect(await outdated('2025-09-02')).toEqual([['5.2.0', 20]])
  })

  it('is that of the device types of a filter, and of all logins for any other filter', async () => {
    expect(await outdated('2025-09-02', 'filter: { deviceTypes: [IOS] }')).toEqual([['5.2.0', 20]])
    expect(await outdated('2025-08-03', 'filter: { deviceTypes: [IOS] }')).toEqual([[null, 0]])
    expect(await outdated('2025-09-02', 'filter: { appVersions: ["5.1.0"] }')).toEqual([['5.2.0', 20]])
    expect(await outdated('2025-09-02', 'filter: { locales: ["TX"] }')).toEqual([['5.2.0', 20]])
  })

  it('is that of now in buckets to come, and none when none was logged in with for 90 days', async () => {
    expect(await outdated('2026-12-01')).toEqual([['7.0.0', 0]])
    expect(await outdated('2025-11-29')).toEqual([['5.2.0', 0]])
    expect(await outdated('2025-12-01')).toEqual([[null, 0]])
    // What is not rolled up yet counts as well.
    expect(await outdated('2026-01-11')).toEqual([['1.0.0', 0]])
  })
})

describe('the version that is said to be current', () => {
  it('may have two parts, a v or a pre-release', async () => {
    expect(await outdated('2025-09-02', 'current: "5.2"')).toEqual([['5.2.0', 20]])
    expect(await outdated('2025-09-02', 'current: "v6.0.0"')).toEqual([['6.0.0', 40]])
    expect(await outdated('2025-09-02', 'current: "6.0.0-rc.2"')).toEqual([['6.0.0-rc.2', 40]])
    expect(await outdated('2025-09-02', 'current: null')).toEqual([['5.2.0', 20]])
  })

  it.each(['', 'garbage', '2', '1.2.3.4'])(
    'is refused when nothing could be older than it: %j',
    async (text) => {
      expect(await day('2025-09-02', `current: ${JSON.stringify(text)}`)).toEqual({
        __typename: 'InvalidVersionError',
        message:
          `current is ${JSON.stringify(text)}, which is not a version that others could be older than: give one such as "2.10.0", ` +
          '"2.10" or "3.0.0-rc.1", or leave it out for the highest release',
      })
    },
  )
})
