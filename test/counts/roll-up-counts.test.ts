import { expect, test } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { dimensionSets } from '../../domain/counts/counts.ts'
import { insertBatches, insertDelta } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { sql: database, field } = useApi(async (sql) => {
  const committedAt = '2026-03-01T12:00:00Z'
  await insertBatches(sql, [
    { id: 1, from: 0, to: 7, committedAt },
    { id: 2, from: 7, to: 13, committedAt },
    { id: 3, partition: 1, from: 0, to: 16, committedAt },
  ])
  await insertDelta(sql, 1, ['2026-02-28T23:59:00Z', '2026-03-01T00:00:00Z'], [3, 4])
  await insertDelta(sql, 2, ['2026-03-01T00:00:00Z', '2026-03-01T01:01:00Z'], [4, 2])
  await insertDelta(sql, 3, ['2026-03-01T01:01:00Z'], [16])
})

const question = (bucket: string) => `{
  measures(from: "2026-02-28T00:00:00Z", to: "2026-03-02T00:00:00Z", bucket: ${bucket}) {
    points { start attempts } } }`
const answers = () =>
  Promise.all(
    ['MINUTE', 'HOUR', 'DAY'].map(async (bucket) => {
      const { points } = await field<{ points: { attempts: number }[] }>(question(bucket))
      return points.filter(({ attempts }) => attempts > 0)
    }),
  )
const row = (bucket: string, attempts: number) => ({ start: `2026-${bucket}:00.000Z`, attempts })

test('answers are the same before a rollup, after a rollup of another topic, and after it', async () => {
  const before = await answers()
  expect(before).toEqual([
    [row('02-28T23:59', 3), row('03-01T00:00', 8), row('03-01T01:01', 18)],
    [row('02-28T23:00', 3), row('03-01T00:00', 8), row('03-01T01:00', 18)],
    [row('02-28T00:00', 3), row('03-01T00:00', 26)],
  ])
  await rollUpCounts(database(), 'another topic')
  expect(await answers()).toEqual(before)
  await rollUpCounts(database(), 'user-login')
  expect(await answers()).toEqual(before)
})

test('rolling up at the same time, and again, counts nothing twice', async () => {
  await insertBatches(database(), [
    { id: 4, partition: 1, from: 16, to: 48, committedAt: '2026-03-01T12:00:01Z' },
  ])
  await insertDelta(database(), 4, ['2026-03-01T01:01:00Z'], [32])
  await Promise.all([1, 2, 3, 4].map(() => rollUpCounts(database(), 'user-login')))
  for (const [table, slot] of [
    ['minute_count', 'm01'],
    ['hour_count', 'h01'],
  ] as const) {
    const counts = await database()`
      select dimension_set as set, sum(${database()(slot)})::integer as logins from ${database()(table)}
      group by 1 order by 1`
    expect([...counts]).toEqual([...dimensionSets].sort((a, b) => a - b).map((set) => ({ set, logins: 50 })))
  }
})

test('a slice that asks for more batches than are pending leaves them, and counts all of them when they are enough', async () => {
  const sql = database()
  const pendingBatches = async () => (await sql`select from pending_rollup where topic = 'user-login'`).length
  const ids = [11, 12, 13]
  for (const id of ids) {
    const [from, to] = [id * 100, id * 100 + 5]
    await insertBatches(sql, [{ id, partition: 1, from, to, committedAt: '2026-03-01T12:00:02Z' }])
    await insertDelta(sql, id, ['2026-03-01T02:02:00Z'], [5])
    await rollUpCounts(sql, 'user-login', ids.length)
    expect(await pendingBatches()).toBe(id === ids.at(-1) ? 0 : id - 10)
  }
  const hours = await sql`select h02 from hour_count where dimension_set = 0 and h02 > 0`
  expect([...hours]).toEqual([{ h02: 15 }])
})
