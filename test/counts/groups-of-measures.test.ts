import { describe, expect, it } from 'vitest'
import { DAY, useMeasures } from '../support/api/use-measures.ts'

const { measures } = useMeasures()

describe('groups', () => {
  it('follow in order of their values, versions by semver, or of a measure', async () => {
    const values = async (args: string) => {
      const { groups } = await measures<{ groups: { values: string[] }[] }>(
        `${DAY}, ${args}`,
        'groups { values }',
      )
      return groups.map(({ values: [value] }) => value)
    }
    expect(await values('groupBy: [APP_VERSION]')).toEqual(['2.9.0', '2.10.0', 'dev'])
    expect(await values('groupBy: [APP_VERSION, APP_VERSION], orderBy: { measure: FAILURE_RATE }')).toEqual([
      '2.9.0',
      'dev',
      '2.10.0',
    ])
    expect(await values('groupBy: [DEVICE_TYPE], orderBy: {}')).toEqual(['ANDROID', 'UNKNOWN', 'IOS'])
    expect(await values('groupBy: [DEVICE_TYPE], orderBy: { measure: FAILURES, direction: ASC }')).toEqual([
      'ANDROID',
      'UNKNOWN',
      'IOS',
    ])
    expect(await values('groupBy: [LOCALE], orderBy: { measure: LAST_SEEN_AT }')).toEqual(['NY', 'CA', 'TX'])
  })

  it('beyond the first ones are added up, and shares are of all or of what is alike', async () => {
    expect(
      await measures(
        `${DAY}, bucket: HOUR, groupBy: [LOCALE, DEVICE_TYPE], orderBy: { measure: ATTEMPTS }, first: 2`,
        `groupCount total { attempts }
         groups { values attempts share all: share(measure: ATTEMPTS) alike: share(measure: ATTEMPTS, within: [LOCALE]) series(measure: FAILURE_RATE) }
         other { groupCount attempts failures share(measure: ATTEMPTS) points { start attempts share(measure: ATTEMPTS) } }`,
      ),
    ).toEqual({
      ...{ groupCount: 4, total: { attempts: 66 } },
      groups: [
        {
          values: ['NY', 'ANDROID'],
          attempts: 36,
          share: 36 / 52,
          all: 36 / 66,
          alike: 36 / 56,
          series: rates({ 10: 0 }),
        },
        {
          values: ['NY', 'UNKNOWN'],
          attempts: 20,
          share: 16 / 52,
          all: 20 / 66,
          alike: 20 / 56,
          series: rates({ 11: 0.2 }),
        },
      ],
      other: {
        ...{ groupCount: 2, attempts: 10, failures: 10, share: 10 / 66 },
        points: Array.from({ length: 24 }, (_, hour) => ({
          start: `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`,
          attempts: { 0: 2, 10: 8 }[hour] ?? 0,
          share: { 0: 1, 10: 8 / 44, 11: 0 }[hour] ?? null,
        })),
      },
    })
  })

  it('by the clock know how many minutes of it are over', async () => {
    const range = 'from: "2026-02-22T10:00:00Z", to: "2026-03-01T13:00:00Z"'
    expect(
      await measures(
        `${range}, groupBy: [WEEKDAY, HOUR_OF_DAY], timeZone: "Europe/Berlin"`,
        'groups { values logins elapsedMinutes } total { elapsedMinutes }',
      ),
    ).toEqual({
      groups: [
        { values: ['SUNDAY', '00'], logins: 1, elapsedMinutes: 60 },
        { values: ['SUNDAY', '01'], logins: 0, elapsedMinutes: 60 },
        { values: ['SUNDAY', '11'], logins: 41, elapsedMinutes: 120 },
        { values: ['SUNDAY', '12'], logins: 16, elapsedMinutes: 120 },
      ],
      total: { elapsedMinutes: 7 * 1440 + 120.5 },
    })
  })

  it('know when they were seen first and last, whether that is rolled up or not', async () => {
    const seen = async (attempts: string) => {
      const { groups, total } = await measures<{ groups: Seen[]; total: Seen }>(
        `from: "2026-02-01T00:00:00Z", to: "2026-03-01T11:40:00Z", groupBy: [LOCALE], attempts: ${attempts}`,
        'groups { values firstSeenAt lastSeenAt } total { firstSeenAt lastSeenAt }',
      )
      return [...groups, { ...total, values: ['all'] }].map(({ values: [value], firstSeenAt, lastSeenAt }) =>
        [value, firstSeenAt?.slice(5, 16), lastSeenAt?.slice(5, 16)].join(' '),
      )
    }
    type Seen = { values: string[]; firstSeenAt: string | null; lastSeenAt: string | null }
    expect(await seen('ALL')).toEqual([
      ...['CA 02-28T23:59 03-01T00:00', 'NY 03-01T10:15 03-01T11:30', 'TX 02-22T10:07 03-01T10:45'],
      'all 02-22T10:07 03-01T11:30',
    ])
    expect(await seen('LOGINS')).toEqual([
      ...['CA 02-28T23:59 02-28T23:59', 'NY 03-01T10:15 03-01T11:00', 'TX 02-22T10:07 02-22T10:07'],
      'all 02-22T10:07 03-01T11:00',
    ])
    expect(await seen('FAILURES')).toEqual([
      ...['CA 03-01T00:00 03-01T00:00', 'NY 03-01T11:30 03-01T11:30', 'TX 03-01T10:45 03-01T10:45'],
      'all 03-01T00:00 03-01T11:30',
    ])
  })
})

/** A value for each hour of a day; null where there are no attempts. */
const rates = (known: Record<number, number>) => Array.from({ length: 24 }, (_, hour) => known[hour] ?? null)
