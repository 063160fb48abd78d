import { describe, expect, it } from 'vitest'
import { insertBatches, insertCounts, insertDelta } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const logins = (minute: string, version: string, count: number, device = 'android', locale = 'CA') =>
  [minute, device, version, locale, count] as [string, string, string, string, number]

// The clock of the API stands at 2026-03-01T12:00:30Z.
const { field: api, refusal } = useApi(async (sql) => {
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

const dayOf = (date: string) => {
  const end = new Date(Date.parse(`${date}T00:00Z`) + 86_400_000).toISOString()
  return `from: "${date}T00:00Z", to: "${end}"`
}
const FIELDS = 'newestRelease outdatedLogins'
type Release = { newestRelease: string | null; outdatedLogins: number }
const shown = ({ newestRelease, outdatedLogins }: Release) => [newestRelease, outdatedLogins]

/** The newest release and the logins of older versions, of a day. */
const outdated = async (date: string, more = '') => {
  const { total } = await api<{ total: Release }>(
    `{ measures(${dayOf(date)} ${more}) { total { ${FIELDS} } } }`,
  )
  return shown(total)
}
/** The same of each bucket. */
const outdatedOf = async (args: string) => {
  const { points } = await api<{ points: Release[] }>(`{ measures(${args}) { points { ${FIELDS} } } }`)
  return points.map(shown)
}

describe('the newest release', () => {
  it('is the same whatever the range begins with', async () => {
    expect(await outdated('2025-05-02')).toEqual(['5.0.0', 1])
    expect(await outdatedOf('from: "2025-04-30", to: "2025-05-04", bucket: DAY')).toEqual([
      [null, 0],
      ['5.0.0', 0],
      ['5.0.0', 1],
      ['5.0.0', 0],
    ])
    expect(await outdatedOf('from: "2025-05-02T09:00Z", to: "2025-05-02T11:00Z", bucket: HOUR')).toEqual([
      ['5.0.0', 0],
      ['5.0.0', 1],
    ])
  })

  it('is none that a few logins made up, and these are counted all the same', async () => {
    const days = 'from: "2025-08-01", to: "2025-08-04", bucket: DAY'
    expect(await outdatedOf(days)).toEqual([
      ['5.1.0', 0],
      ['5.1.0', 0],
      ['5.1.0', 0],
    ])
    const { groups } = await api<{ groups: object[] }>(
      `{ measures(${days}, groupBy: [APP_VERSION]) { groups { values series } } }`,
    )
    expect(groups).toEqual([
      { values: ['5.1.0'], series: [999, 18, 20] },
      { values: ['v888.0'], series: [0, 1, 0] },
      { values: ['999999.0.0'], series: [1, 0, 0] },
    ])
  })

  it('is none that one login made up on a day with few', async () => {
    expect(await outdated('2025-01-10')).toEqual(['0.9.0', 0])
  })

  it('is one with three logins of sixty, in any spelling; a pre-release and other text are none', async () => {
    expect(await outdated('2025-09-01')).toEqual(['5.2.0', 57])
    expect(await outdated('2025-09-02')).toEqual(['5.2.0', 20])
  })

  it('is that of the device types of a filter, and of all logins for any other filter', async () => {
    const filtered = (date: string, filter: string) => outdated(date, `filter: { ${filter} }`)
    expect(await filtered('2025-09-02', 'deviceType: { in: ["IOS"] }')).toEqual(['5.2.0', 20])
    expect(await filtered('2025-08-03', 'deviceType: { in: ["IOS"] }')).toEqual([null, 0])
    expect(await filtered('2025-09-02', 'appVersion: { in: ["5.1.0"] }')).toEqual(['5.2.0', 20])
    expect(await filtered('2025-09-02', 'locale: { in: ["TX"] }')).toEqual(['5.2.0', 20])
  })

  it('is looked for of each device type that is grouped by', async () => {
    const { groups } = await api<{ groups: (Release & { values: string[] })[] }>(
      `{ measures(${dayOf('2025-09-02')}, groupBy: [DEVICE_TYPE]) { groups { values ${FIELDS} } } }`,
    )
    expect(groups.map((group) => [...group.values, ...shown(group)])).toEqual([
      ['ANDROID', '5.1.0', 0],
      ['IOS', '5.2.0', 20],
    ])
  })

  it('is that of now in buckets to come, and none when none was logged in with for 90 days', async () => {
    expect(await outdated('2026-12-01')).toEqual(['7.0.0', 0])
    expect(await outdated('2025-11-29')).toEqual(['5.2.0', 0])
    expect(await outdated('2025-12-01')).toEqual([null, 0])
    // What is not rolled up yet counts as well.
    expect(await outdated('2026-01-11')).toEqual(['1.0.0', 0])
  })
})

describe('the version that others are older than', () => {
  const older = async (than: string) => {
    const { total } = await api<{ total: Release }>(
      `{ measures(${dayOf('2025-09-02')}) { total { newestRelease outdatedLogins(olderThan: ${than}) } } }`,
    )
    return shown(total)
  }

  it('may have one or two parts, a v or a pre-release, and is the newest release otherwise', async () => {
    expect(await older('"5.2"')).toEqual(['5.2.0', 20])
    expect(await older('"6"')).toEqual(['5.2.0', 40])
    expect(await older('"v6.0.0"')).toEqual(['5.2.0', 40])
    expect(await older('"6.0.0-rc.2"')).toEqual(['5.2.0', 40])
    expect(await older('null')).toEqual(['5.2.0', 20])
  })

  it.each(['', 'garbage', '2.', '1.2.3.4'])(
    'is refused when nothing could be older than it: %j',
    async (text) => {
      const field = `outdatedLogins(olderThan: ${JSON.stringify(text)})`
      expect(await refusal(`{ measures(${dayOf('2025-09-02')}) { total { ${field} } } }`)).toEqual({
        ...{ code: 'INVALID_ARGUMENT', argument: 'olderThan' },
        message:
          `olderThan is ${JSON.stringify(text)}, which is not a version that others could be older than: give one such as "2.10.0", ` +
          '"2.10" or "3.0.0-rc.1", or leave it out for the newest release',
      })
    },
  )
})
