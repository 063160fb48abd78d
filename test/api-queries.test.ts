import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { exampleQuery } from '../api/example-query.ts'
import type { KafkaBounds } from '../api/kafka-bounds.ts'
import { type Answer, createApi, createDatabase, type TestDatabase } from './api-fixture.ts'
import { insertBatches, insertCheckpoint, insertCounts } from './api-rows.ts'

let database: TestDatabase
let ask: (query: string, variables?: object) => Promise<Answer>
let close: () => Promise<void>
let kafka: KafkaBounds = { ok: false, message: 'away' }

beforeAll(async () => {
  const primaryUrl = inject('databaseUrl')
  database = await createDatabase(primaryUrl)
  const { sql } = database
  await insertCounts(sql, [
    ['2026-02-28T23:59:00Z', 'android', '1.0', 'CA', 1],
    ['2026-03-01T00:00:00Z', 'iOS', '1.0', 'CA', 2],
    ['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 4],
    ['2026-03-01T10:45:00Z', 'iOS', '2.0', 'TX', 8],
    ['2026-03-01T11:00:00Z', 'unknown', '2.0', 'NY', 16],
  ])
  await insertCounts(sql, [['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 32]])
  await insertCheckpoint(sql, 0, 100, '2026-03-01T11:00:10Z')
  await insertCheckpoint(sql, 1, 50, '2026-03-01T10:15:20Z')
  await insertBatches(sql, [
    { id: 1, from: 0, to: 40, committedAt: '2026-03-01T10:00:00.000001Z' },
    { id: 2, from: 40, to: 60, status: 'parked', committedAt: '2026-03-01T10:00:00.000002Z' },
    { id: 3, from: 60, to: 100, committedAt: '2026-03-01T10:00:00.000003Z' },
    { id: 4, partition: 1, from: 0, to: 50, committedAt: '2026-03-01T10:00:00.000003Z' },
  ])
  const api = createApi({ url: database.urlOn(primaryUrl), replicaUrls: [] }, { kafka: () => kafka })
  ask = api.ask
  close = () => api.router.close()
})

afterAll(async () => {
  await close()
  await database.drop()
})

const field = async <T>(query: string, variables?: object): Promise<T> => {
  const { data, errors } = await ask(query, variables)
  expect(errors).toBeUndefined()
  return Object.values(data ?? {})[0] as T
}

describe('loginCounts', () => {
  type Rows = { rows: Record<string, unknown>[] }

  it('counts what is in [from, to) and nothing else, adding up the shards', async () => {
    const { rows } = await field<Rows>(`{
      loginCounts(from: "2026-03-01T00:00:00Z", to: "2026-03-01T11:00:00Z", bucket: HOUR) {
        ... on LoginCounts { rows { bucket deviceType logins } } } }`)
    expect(rows).toEqual([
      { bucket: '2026-03-01T00:00:00.000Z', deviceType: null, logins: 2 },
      { bucket: '2026-03-01T10:00:00.000Z', deviceType: null, logins: 44 },
    ])
  })

  it('counts only the part of a bucket that the range holds', async () => {
    const { rows } = await field<Rows>(`{
      loginCounts(from: "2026-02-28T23:59:00Z", to: "2026-03-01T10:45:00Z", bucket: DAY) {
        ... on LoginCounts { rows { bucket logins } } } }`)
    expect(rows).toEqual([
      { bucket: '2026-02-28T00:00:00.000Z', logins: 1 },
      { bucket: '2026-03-01T00:00:00.000Z', logins: 38 },
    ])
  })

  it('groups by any dimensions, in order of bucket and value', async () => {
    const { rows } = await field<Rows>(`{
      loginCounts(from: "2026-03-01T10:00:00Z", to: "2026-03-01T12:00:00Z", bucket: HOUR,
                  groupBy: [DEVICE_TYPE, LOCALE]) {
        ... on LoginCounts { rows { bucket deviceType locale appVersion outcome logins } } } }`)
    const common = { appVersion: null, outcome: null }
    expect(rows).toEqual([
      { bucket: '2026-03-01T10:00:00.000Z', deviceType: 'ANDROID', locale: 'NY', logins: 36, ...common },
      { bucket: '2026-03-01T10:00:00.000Z', deviceType: 'IOS', locale: 'TX', logins: 8, ...common },
      { bucket: '2026-03-01T11:00:00.000Z', deviceType: 'UNKNOWN', locale: 'NY', logins: 16, ...common },
    ])
  })

  it('filters by every list at once; an empty list lets nothing through', async () => {
    const count = async (filter: string) =>
      await field<{ logins: number }>(`{
        loginTotals(from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z", filter: ${filter}) {
          ... on LoginTotals { logins } } }`)
    expect(await count('{}')).toEqual({ logins: 63 })
    expect(await count('{ deviceTypes: [ANDROID, UNKNOWN], locales: ["NY"] }')).toEqual({ logins: 52 })
    expect(await count('{ appVersions: ["1.0"], outcomes: [UNKNOWN] }')).toEqual({ logins: 3 })
    expect(await count('{ outcomes: [] }')).toEqual({ logins: 0 })
    expect(await count(`{ locales: ["NY' or true --"] }`)).toEqual({ logins: 0 })
  })

  it('says what is wrong with a filter that Postgres cannot take', async () => {
    const { errors } = await ask('{ loginTotals(filter: { locales: ["\\u0000"] }) { __typename } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BadInput' })
  })

  it('answers for the last 24 hours when no range is given', async () => {
    const totals = await field<object>('{ loginTotals { ... on LoginTotals { from to logins } } }')
    expect(totals).toEqual({ from: '2026-02-28T12:01:00.000Z', to: '2026-03-01T12:01:00.000Z', logins: 63 })
  })
})

describe('topValues', () => {
  const top = (args: string) =>
    field<object>(`{
      topValues(from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z", ${args}) {
        ... on TopValues { totalLogins distinctValues values { value logins share } } ... on Error { message } } }`)

  it('ranks the values of a dimension from either end', async () => {
    expect(await top('dimension: LOCALE, first: 2')).toEqual({
      totalLogins: 62,
      distinctValues: 3,
      values: [
        { value: 'NY', logins: 52, share: 52 / 62 },
        { value: 'TX', logins: 8, share: 8 / 62 },
      ],
    })
    expect(await top('dimension: DEVICE_TYPE, first: 1, order: ASC')).toMatchObject({
      values: [{ value: 'iOS', logins: 10 }],
    })
  })

  it('is empty and not an error when nothing matches', async () => {
    expect(await top('dimension: LOCALE, filter: { locales: ["XX"] }')).toEqual({
      totalLogins: 0,
      distinctValues: 0,
      values: [],
    })
  })
})

describe('freshness', () => {
  const freshness = () =>
    field<{ freshness: object }>(
      '{ loginTotals { ... on LoginTotals { freshness { source replicaLagMs watermark lag parkedOffsets complete } } } }',
    )

  it('names the least watermark, the parked offsets, and no lag while Kafka is away', async () => {
    kafka = { ok: false, message: 'away' }
    expect((await freshness()).freshness).toEqual({
      source: 'PRIMARY',
      replicaLagMs: null,
      watermark: '2026-03-01T10:15:20.000Z',
      lag: null,
      parkedOffsets: 20,
      complete: false,
    })
  })

  it('counts unread offsets over all partitions, also of those that were never read', async () => {
    kafka = {
      ok: true,
      bounds: [
        { partition: 0, start: 0n, end: 101n },
        { partition: 1, start: 0n, end: 50n },
        { partition: 2, start: 10n, end: 12n },
      ],
    }
    expect((await freshness()).freshness).toMatchObject({ lag: 3, watermark: null, complete: false })
  })
})

describe('ingestion', () => {
  it('shows what each part knows and names the part that is away', async () => {
    kafka = { ok: true, bounds: [{ partition: 0, start: 0n, end: 120n }] }
    expect(
      await field(`{ ingestion { ... on Ingestion {
        state lag problems { part }
        partitions { partition state checkpoint endOffset lag watermark worker parkedOffsets logins
                     lastBatch { id fromOffset toOffset } } } } }`),
    ).toEqual({
      state: null,
      lag: 20,
      problems: [{ part: 'TEMPORAL' }],
      partitions: [
        {
          partition: 0,
          state: null,
          checkpoint: '100',
          endOffset: '120',
          lag: 20,
          watermark: '2026-03-01T11:00:10.000Z',
          worker: 'worker-a',
          parkedOffsets: 20,
          logins: 100,
          lastBatch: { id: '3', fromOffset: '60', toOffset: '100' },
        },
        {
          partition: 1,
          state: null,
          checkpoint: '50',
          endOffset: null,
          lag: null,
          watermark: '2026-03-01T10:15:20.000Z',
          worker: 'worker-a',
          parkedOffsets: 0,
          logins: 50,
          lastBatch: { id: '4', fromOffset: '0', toOffset: '50' },
        },
      ],
    })
  })
})

describe('many requests at once', () => {
  it('are all answered, also after requests that failed', async () => {
    const failing = '{ loginTotals(filter: { locales: ["\\u0000"] }) { __typename } }'
    await Promise.all(Array.from({ length: 30 }, () => ask(failing)))
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(exampleQuery)))
    expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([])
  })
})

describe('the example query of GraphiQL', () => {
  it('answers without errors', async () => {
    const { data, errors } = await ask(exampleQuery)
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({ loginCounts: { rows: expect.anything() as unknown } })
  })
})
