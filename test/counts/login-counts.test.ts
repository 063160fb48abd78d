import { describe, expect, it } from 'vitest'
import { useCounts } from '../support/api/use-counts.ts'

const { ask, counts, pointsOf } = useCounts()

const firstOfMarch = 'from: "2026-03-01T00:00:00Z", to: "2026-03-01T11:00:00Z"'

describe('logins over time', () => {
  it('count what is in [from, to) and nothing else, with zeros where there is none', async () => {
    const points = await pointsOf(`${firstOfMarch}, bucket: HOUR`)
    expect(points).toHaveLength(11)
    expect(points.filter(([, logins]) => logins > 0)).toEqual([
      ['2026-03-01T00:00', 2],
      ['2026-03-01T10:00', 44],
    ])
    expect(await pointsOf(`${firstOfMarch}, bucket: HOUR, fillGaps: false`)).toHaveLength(2)
  })

  it('count only the part of a bucket that the range holds, and say so by its start and end', async () => {
    const { series } = await counts(
      'from: "2026-02-28T23:59:00Z", to: "2026-03-01T10:45:00Z", bucket: DAY',
      'series { total points { start end logins } }',
    )
    expect(series).toEqual([
      {
        total: 39,
        points: [
          { start: '2026-02-28T23:59:00.000Z', end: '2026-03-01T00:00:00.000Z', logins: 1 },
          { start: '2026-03-01T00:00:00.000Z', end: '2026-03-01T10:45:00.000Z', logins: 38 },
        ],
      },
    ])
  })

  it('are a series for each combination of the dimensions, in order of their values, each with its peak and share', async () => {
    const { series } = await counts(
      'from: "2026-03-01T10:00:00Z", to: "2026-03-01T12:00:00Z", bucket: HOUR, groupBy: [DEVICE_TYPE, US_REGION]',
      'series { deviceType usRegion locale total peak { start logins } points { logins share } }',
    )
    const none = { locale: null }
    const [ten, eleven] = ['2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z']
    expect(series).toEqual([
      {
        ...{
          deviceType: 'ANDROID',
          usRegion: 'NORTHEAST',
          ...none,
          total: 36,
          peak: { start: ten, logins: 36 },
        },
        points: [
          { logins: 36, share: 36 / 44 },
          { logins: 0, share: 0 },
        ],
      },
      {
        ...{ deviceType: 'IOS', usRegion: 'SOUTH', ...none, total: 8, peak: { start: ten, logins: 8 } },
        points: [
          { logins: 8, share: 8 / 44 },
          { logins: 0, share: 0 },
        ],
      },
      {
        ...{
          deviceType: 'UNKNOWN',
          usRegion: 'NORTHEAST',
          ...none,
          total: 16,
          peak: { start: eleven, logins: 16 },
        },
        points: [
          { logins: 0, share: 0 },
          { logins: 16, share: 1 },
        ],
      },
    ])
  })

  it('are also lists of counts beside one list of buckets, zeros among them whatever becomes of points', async () => {
    const asked =
      'from: "2026-03-01T10:00:00Z", to: "2026-03-01T13:00:00Z", bucket: HOUR, groupBy: [DEVICE_TYPE], previous: true'
    const { buckets, series } = await counts(
      `${asked}, fillGaps: false`,
      'buckets { start end isComplete } series { deviceType counts previousCounts }',
    )
    expect(buckets).toEqual([
      { start: '2026-03-01T10:00:00.000Z', end: '2026-03-01T11:00:00.000Z', isComplete: true },
      { start: '2026-03-01T11:00:00.000Z', end: '2026-03-01T12:00:00.000Z', isComplete: true },
      { start: '2026-03-01T12:00:00.000Z', end: '2026-03-01T13:00:00.000Z', isComplete: false },
    ])
    expect(series).toEqual([
      { deviceType: 'ANDROID', counts: [36, 0, 0], previousCounts: [0, 0, 0] },
      { deviceType: 'IOS', counts: [8, 0, 32], previousCounts: [0, 0, 0] },
      { deviceType: 'UNKNOWN', counts: [0, 16, 0], previousCounts: [0, 0, 0] },
    ])
    const alone = await counts(asked.replace(', previous: true', ''), 'series { counts previousCounts }')
    expect(alone.series.map(({ previousCounts }) => previousCounts)).toEqual([null, null, null])
  })

  it('are refused as points above their cap, in any fragment, and given as counts', async () => {
    const week =
      'from: "2026-02-24T00:00:00Z", to: "2026-03-02T00:00:00Z", bucket: MINUTE, groupBy: [DEVICE_TYPE]'
    const { message } = await counts(week, '...on LoginCounts { all: series { some: points { start } } }')
    expect(message).toBe(
      '25920 points are more than the cap of 10000: ask for counts instead, of which there may be 50000, or for fewer dimensions, ' +
        'a coarser bucket, a shorter range, a filter, or fillGaps: false',
    )
    const { series } = await counts(week, 'series { total counts }')
    expect(series.map(({ counts }) => (counts as number[]).length)).toEqual([8640, 8640, 8640])
    expect(series.map(({ counts }) => (counts as number[]).reduce((sum, one) => sum + one))).toEqual(
      series.map(({ total }) => total),
    )
    const sparse = await counts(`${week}, fillGaps: false`, 'series { points { start } }')
    expect(sparse.series.map(({ points }) => points.length)).toEqual([2, 3, 1])
  })

  it('are filtered by every list at once; an empty list lets nothing through', async () => {
    const total = async (filter: string) => {
      const { series } = await counts(
        `from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z", bucket: MONTH, filter: ${filter}`,
      )
      return series[0]?.total
    }
    expect(await total('{}')).toBe(95)
    expect(await total('{ deviceTypes: [ANDROID, UNKNOWN], locales: ["NY"] }')).toBe(52)
    expect(await total('{ appVersions: ["1.0"], outcomes: [UNKNOWN] }')).toBe(3)
    expect(await total('{ usRegions: [WEST, OTHER] }')).toBe(35)
    expect(await total('{ usRegions: [SOUTH], locales: ["NY"] }')).toBe(0)
    expect(await total('{ outcomes: [] }')).toBe(0)
    expect(await total(`{ locales: ["NY' or true --"] }`)).toBe(0)
  })

  it('say what is wrong with a filter that Postgres cannot take', async () => {
    const { errors } = await ask(
      '{ loginCounts(bucket: DAY, filter: { locales: ["\\u0000"] }) { __typename } }',
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BadInput' })
  })

  it('end with the bucket that is running, which is not complete, and whose rate is over what is over of it', async () => {
    const { series } = await counts(
      'bucket: HOUR',
      'from to series { points { start end logins isComplete ratePerMinute } }',
    )
    const points = series[0]?.points ?? []
    expect(points).toHaveLength(24)
    expect(points.slice(-2)).toEqual([
      {
        ...{ start: '2026-03-01T11:00:00.000Z', end: '2026-03-01T12:00:00.000Z', logins: 16 },
        ...{ isComplete: true, ratePerMinute: 16 / 60 },
      },
      {
        ...{ start: '2026-03-01T12:00:00.000Z', end: '2026-03-01T13:00:00.000Z', logins: 32 },
        ...{ isComplete: false, ratePerMinute: 64 },
      },
    ])
  })
})

describe('a time zone', () => {
  it.each([
    [
      'Europe/Berlin',
      [
        ['2026-02-27T23:00', 0],
        ['2026-02-28T23:00', 95],
      ],
    ],
    [
      'America/New_York',
      [
        ['2026-02-28T05:00', 3],
        ['2026-03-01T05:00', 92],
      ],
    ],
    // The half hour before belongs to the day before.
    [
      'Asia/Kolkata',
      [
        ['2026-02-27T18:30', 0],
        ['2026-02-28T18:30', 95],
      ],
    ],
  ])('makes the days those of %s', async (zone, expected) => {
    const [first, last] = [String(expected[0]?.[0]), String(expected[1]?.[0])]
    const to = new Date(Date.parse(`${last}Z`) + 86_400_000).toISOString()
    expect(await pointsOf(`from: "${first}Z", to: "${to}", bucket: DAY, timeZone: "${zone}"`)).toEqual(
      expected,
    )
  })

  it('cuts hours where its clock does', async () => {
    expect(
      await pointsOf(
        'from: "2026-03-01T09:30Z", to: "2026-03-01T11:30Z", bucket: HOUR, timeZone: "Asia/Kolkata"',
      ),
    ).toEqual([
      ['2026-03-01T09:30', 36],
      ['2026-03-01T10:30', 24],
    ])
  })

  it('that does not exist is refused with one that does', async () => {
    expect((await counts('bucket: DAY, timeZone: "Berlin"')).message).toMatch(
      /no time zone "Berlin".*Europe\/Berlin/,
    )
  })
})

it('the period before is as many buckets of the calendar, and a series that only it has is there', async () => {
  const { series } = await counts(
    'from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z", bucket: MONTH, previous: true, groupBy: [APP_VERSION]',
    'previousFrom series { appVersion total previousTotal points { logins previousLogins } }',
  )
  expect(series).toEqual([
    { appVersion: '1.0', total: 2, previousTotal: 1, points: [{ logins: 2, previousLogins: 1 }] },
    { appVersion: '2.0', total: 92, previousTotal: 0, points: [{ logins: 92, previousLogins: 0 }] },
  ])
  const february = await counts(
    'from: "2026-03-01T00:00Z", to: "2026-04-01T00:00Z", bucket: MONTH, previous: true, filter: { locales: ["CA"] }',
    'previousFrom',
  )
  expect(february).toEqual({ previousFrom: '2026-02-01T00:00:00.000Z' })
  const april = await counts(
    'from: "2026-04-01T00:00Z", to: "2026-05-01T00:00Z", bucket: MONTH, previous: true, groupBy: [DEVICE_TYPE]',
    'series { deviceType total previousTotal }',
  )
  expect(april.series.map(({ deviceType, previousTotal }) => [deviceType, previousTotal])).toEqual([
    ['ANDROID', 36],
    ['IOS', 42],
    ['UNKNOWN', 16],
  ])
})
