import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { foldCounts } from '../db/fold-counts.ts'
import { dimensionSets } from '../domain/counts.ts'
import { createApi, createDatabase, type TestDatabase } from './api-fixture.ts'
import { insertBatches, insertDelta } from './api-rows.ts'

let database: TestDatabase
let close: () => Promise<void>
let ask: (query: string) => Promise<unknown>

beforeAll(async () => {
  const url = inject('databaseUrl')
  database = await createDatabase(url)
  const api = createApi({ url: database.urlOn(url), replicaUrls: [] })
  ask = async (query) => (await api.ask(query)).data
  close = () => api.router.close()
  const committedAt = '2026-03-01T12:00:00Z'
  await insertBatches(database.sql, [
    { id: 1, from: 0, to: 7, committedAt },
    { id: 2, from: 7, to: 13, committedAt },
    { id: 3, partition: 1, from: 0, to: 16, committedAt },
  ])
  await insertDelta(database.sql, 1, ['2026-02-28T23:59:00Z', '2026-03-01T00:00:00Z'], [3, 4])
  await insertDelta(database.sql, 2, ['2026-03-01T00:00:00Z', '2026-03-01T01:01:00Z'], [4, 2])
  await insertDelta(database.sql, 3, ['2026-03-01T01:01:00Z'], [16])
})

afterAll(async () => {
  await close()
  await database.drop()
})

const question = (bucket: string) => `{
  loginCounts(from: "2026-02-28T00:00:00Z", to: "2026-03-02T00:00:00Z", bucket: ${bucket}, fillGaps: false) {
    ... on LoginCounts { series { points { start logins } } } } }`
const answers = () => Promise.all(['MINUTE', 'HOUR', 'DAY'].map((bucket) => ask(question(bucket))))
const row = (bucket: string, logins: number) => ({ start: `2026-${bucket}:00.000Z`, logins })

test('answers are the same before a fold, after a fold of another topic, and after it', async () => {
  const before = await answers()
  expect(before).toEqual(
    [
      [row('02-28T23:59', 3), row('03-01T00:00', 8), row('03-01T01:01', 18)],
      [row('02-28T23:00', 3), row('03-01T00:00', 8), row('03-01T01:00', 18)],
      [row('02-28T00:00', 3), row('03-01T00:00', 26)],
    ].map((points) => ({ loginCounts: { series: [{ points }] } })),
  )
  await foldCounts(database.sql, 'another topic')
  expect(await answers()).toEqual(before)
  await foldCounts(database.sql, 'user-login')
  expect(await answers()).toEqual(before)
})

test('folding at the same time, and again, counts nothing twice', async () => {
  await insertBatches(database.sql, [
    { id: 4, partition: 1, from: 16, to: 48, committedAt: '2026-03-01T12:00:01Z' },
  ])
  await insertDelta(database.sql, 4, ['2026-03-01T01:01:00Z'], [32])
  await Promise.all([1, 2, 3, 4].map(() => foldCounts(database.sql, 'user-login')))
  for (const [table, slot] of [
    ['minute_count', 'm01'],
    ['hour_count', 'h01'],
  ] as const) {
    const counts = await database.sql`
      select dimension_set as set, sum(${database.sql(slot)})::integer as logins from ${database.sql(table)}
      group by 1 order by 1`
    expect([...counts]).toEqual([...dimensionSets].sort((a, b) => a - b).map((set) => ({ set, logins: 50 })))
  }
})
