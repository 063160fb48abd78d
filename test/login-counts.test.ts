import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { foldCounts } from '../db/fold-counts.ts'
import { type Ask, createApi, createDatabase, type TestDatabase } from './api-fixture.ts'
import { insertBatches, insertCounts, insertDelta } from './api-rows.ts'

let database: TestDatabase
let ask: Ask
let close: () => Promise<void>

beforeAll(async () => {
  const primaryUrl = inject('databaseUrl')
  database = await createDatabase(primaryUrl)
  // The clock of the API stands at 12:00:30.
  await insertCounts(database.sql, [
    ['2026-02-28T23:59:00Z', 'android', '1.0', 'CA', 1],
    ['2026-03-01T00:00:00Z', 'iOS', '1.0', 'CA', 2],
    ['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 36],
    ['2026-03-01T10:45:00Z', 'iOS', '2.0', 'TX', 8],
    ['2026-03-01T11:00:00Z', 'unknown', '2.0', 'NY', 16],
    ['2026-03-01T12:00:00Z', 'iOS', '2.0', 'RU', 32],
  ])
  const api = createApi({ url: database.urlOn(primaryUrl), replicaUrls: [] })
  ask = api.ask
  close = () => api.router.close()
})

afterAll(async () => {
  await close()
  await database.drop()
})

type Points = { start: string; end: string; logins: number; [field: string]: unknown }[]
type Series = { total: number; points: Points; [field: string]: unknown }

async function field<T>(query: string): Promise<T> {
  const { data, errors } = await ask(query)
  expect(errors).toBeUndefined()
  return Object.values(data ?? {})[0] as T
}

const counts = (args: string, fields = 'series { total points { start logins } }') =>
  field<{ series: Series[]; message?: string }>(
    `{ loginCounts(${args}) { ... on LoginCounts { ${fields} } ... on Error { message } } }`,
  )

/** `[start, logins]` of the only series, to the minute. */
async function pointsOf(args: string): Promise<[string, number][]> {
  const { series } = await counts(args)
  expect(series).toHaveLength(1)
  return (series[0]?.points ?? []).map(({ start, logins }) => [start.slice(0, 16), logins])
}

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

describe('the values of a dimension', () => {
  const top = (args: string) =>
    field<object>(`{
      topValues(from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z", ${args}) {
        ... on TopValues { totalLogins distinctValues values { value logins previousLogins share }
                           other { values logins share } }
        ... on Error { message } } }`)

  it('are ranked from either end, with the others together', async () => {
    expect(await top('dimension: LOCALE, first: 2')).toEqual({
      totalLogins: 94,
      distinctValues: 4,
      values: [
        { value: 'NY', logins: 52, previousLogins: 0, share: 52 / 94 },
        { value: 'RU', logins: 32, previousLogins: 0, share: 32 / 94 },
      ],
      other: { values: 2, logins: 10, share: 10 / 94 },
    })
    expect(await top('dimension: DEVICE_TYPE, first: 1, order: ASC')).toMatchObject({
      values: [{ value: 'unknown', logins: 16 }],
    })
    expect(await top('dimension: US_REGION, first: 3, order: ASC')).toMatchObject({
      values: [
        { value: 'west', logins: 2, previousLogins: 1 },
        { value: 'south', logins: 8 },
        { value: 'other', logins: 32 },
      ],
    })
  })

  it('are none and not an error when nothing matches', async () => {
    expect(await top('dimension: LOCALE, filter: { locales: ["XX"] }')).toEqual({
      ...{ totalLogins: 0, distinctValues: 0, values: [] },
      other: { values: 0, logins: 0, share: 0 },
    })
  })
})

describe('counts of the past', () => {
  beforeAll(async () => {
    const { sql } = database
    await insertBatches(sql, [
      { id: 1, from: 0, to: 3, committedAt: '2025-06-01T10:00:00Z' },
      { id: 2, from: 3, to: 8, committedAt: '2025-06-01T10:00:01.000001Z' },
      { id: 3, from: 8, to: 9, status: 'replayed', revision: 1, committedAt: '2025-06-01T10:00:02Z' },
    ])
    await sql`
      insert into batch_revision (batch_id, revision, kind, command_id, logins, rejects, processed_at, committed_at, code_version)
      values (3, 1, 'replay', 'x', 1, 0, now(), '2025-06-02T10:00:00Z', 'test')`
    await insertDelta(sql, 1, ['2025-06-01T09:00:00Z'], [3])
    await insertDelta(sql, 2, ['2025-06-01T09:00:00Z', '2025-06-01T09:30:00Z'], [4, 1])
    await insertDelta(sql, 3, ['2025-06-01T09:00:00Z'], [1], { revision: 1 })
    await foldCounts(sql, 'user-login')
  })

  const at = async (moment: string) =>
    await pointsOf(
      `from: "2025-06-01T09:00Z", to: "2025-06-01T10:00Z", bucket: HOUR, fillGaps: false, ${moment}`,
    )
  const nine = (logins: number) => (logins === 0 ? [] : [['2025-06-01T09:00', logins]])

  it('are what was written up to the moment, or with a batch; a replay counts from when it was made', async () => {
    expect(await at('')).toEqual(nine(9))
    expect(await at('asOf: "2025-06-01T09:59:59.999Z"')).toEqual(nine(0))
    expect(await at('asOf: "2025-06-01T10:00:00Z"')).toEqual(nine(3))
    expect(await at('asOf: "2025-06-01T10:00:01Z"')).toEqual(nine(3))
    expect(await at('asOf: "2025-06-01T12:00:00Z"')).toEqual(nine(8))
    expect(await at('asOf: "2025-06-02T10:00:00Z"')).toEqual(nine(9))
    expect(await at('asOfBatch: 2')).toEqual(nine(8))
    expect(await at('asOfBatch: 1')).toEqual(nine(3))
  })

  it('are found from either end, whichever has fewer batches, and refused when both have too many', async () => {
    const { sql } = database
    const fill = async (first: number, moment: string) => {
      await sql`
        insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                           processed_at, committed_at, code_version)
        select n, 'user-login', 1, n, n + 1, 'committed', 0, 1, 0, 0, now(), ${moment}::text::timestamptz, 'test'
        from generate_series(${first}::integer, ${first + 5_000}::integer) as n`
    }
    await fill(10_000, '2025-07-01T00:00:00Z')
    expect(await at('asOf: "2025-06-01T12:00:00Z"')).toEqual(nine(8))
    await fill(20_000, '2025-05-01T00:00:00Z')
    const refused = await counts('bucket: HOUR, asOf: "2025-06-01T12:00:00Z"')
    expect(refused.message).toMatch(/more than the cap of 5000 batches .* ask for a later moment/)
    expect(await at('asOf: "2025-07-02T00:00:00Z"')).toEqual(nine(9))
  })

  it('differ by what was written between two moments', async () => {
    const changes = await field<{ series: Series[] }>(`{
      countChanges(from: "2025-06-01T09:00Z", to: "2025-06-01T10:00Z", bucket: HOUR, since: "2025-06-01T10:00:00Z",
                   until: "2025-06-02T10:00:00Z") { ... on LoginCounts { series { total } } } }`)
    expect(changes).toEqual({ series: [{ total: 6 }] })
  })

  it('are none of the future, of two moments, or of a batch that is not there', async () => {
    const message = async (moment: string) => (await counts(`bucket: DAY, ${moment}`)).message
    expect(await message('asOf: "2026-03-02T00:00Z"')).toMatch(/must not be in the future/)
    expect(await message('asOf: "2026-02-01T00:00Z", asOfBatch: 1')).toMatch(/not both/)
    expect(await message('asOfBatch: 99')).toMatch(/no batch 99/)
  })
})
