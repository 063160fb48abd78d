import { expect, inject, onTestFinished, test } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { dimensionSets } from '../../domain/counts/counts.ts'
import { readOldestLoginDay } from '../../db/read/rows/login-days.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { retentionId } from '../../workflows/contract.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { insertBatches, insertCounts, insertDelta } from '../support/api/api-rows.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number, time = '10:15') =>
  `${new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)}T${time}:00Z`
const dayTable = (day: string) => `login_${day.slice(0, 10).replaceAll('-', '_')}`

test('minutes past retention become quarters, hours stay, and a late login counts in quarters and hours', async () => {
  const database = await createDatabase(inject('databaseUrl'))
  onTestFinished(database.drop)
  const { sql } = database
  await insertCounts(sql, [
    [daysAgo(9), 'iOS', '1.0', 'CA', 3],
    [daysAgo(2), 'iOS', '1.0', 'CA', 4],
  ])
  const count = async (table: string) => {
    const rows = await sql<{ bucket: Date; logins: number }[]>`
      select bucket, logins from ${sql(`${table}_entry`)} where dimension_set = 0 order by bucket`
    return rows.map(({ bucket, logins }) => [bucket.toISOString().slice(0, 16), logins])
  }
  const minute = (text: string) => text.slice(0, 16)
  const hour = (text: string) => `${text.slice(0, 13)}:00`
  expect(await applyRetention(sql, { loginDays: 1, setDays: 400, minuteDays: 5 })).toMatchObject({
    deletedMinuteRows: dimensionSets.length,
  })
  expect(await count('minute_count')).toEqual([[minute(daysAgo(2)), 4]])
  expect(await count('quarter_count')).toEqual([[minute(daysAgo(9)), 3]])
  await insertBatches(sql, [{ id: 1, from: 0, to: 3, committedAt: daysAgo(0) }])
  await insertDelta(sql, 1, [daysAgo(9), daysAgo(2)], [1, 2])
  await rollUpCounts(sql, 'user-login')
  expect(await count('minute_count')).toEqual([[minute(daysAgo(2)), 6]])
  expect(await count('quarter_count')).toEqual([[minute(daysAgo(9)), 4]])
  expect(await count('hour_count')).toEqual([
    [hour(daysAgo(9)), 4],
    [hour(daysAgo(2)), 6],
  ])
  expect(await applyRetention(sql, { loginDays: 1, setDays: 400, minuteDays: 5 })).toMatchObject({
    droppedDays: [],
    deletedMinuteRows: 0,
  })
})

test('day tables are created two days ahead and dropped once they are past retention', async () => {
  const database = await createDatabase(inject('databaseUrl'))
  onTestFinished(database.drop)
  const { sql } = database
  const days = async () => {
    const rows = await sql<{ name: string }[]>`
      select relid::regclass::text as name from pg_partition_tree('login') where level > 0 order by 1`
    return rows.map(({ name }) => name)
  }
  await applyRetention(sql, { loginDays: 3, setDays: 400, minuteDays: 0 })
  expect(await days()).toEqual([3, 2, 1, 0, -1, -2].map((ago) => dayTable(daysAgo(ago))))
  const shorter = await applyRetention(sql, { loginDays: 1, setDays: 400, minuteDays: 0 })
  expect(shorter).toMatchObject({
    droppedDays: [3, 2].map((ago) => dayTable(daysAgo(ago))),
    deletedMinuteRows: 0,
  })
  expect(await days()).toEqual([1, 0, -1, -2].map((ago) => dayTable(daysAgo(ago))))
})

test('rows that went do not come back with a longer retention, and no question takes them for kept', async () => {
  const database = await createDatabase(inject('databaseUrl'))
  onTestFinished(database.drop)
  const { sql } = database
  const keptFrom = async () => (await sql.begin((tx) => readOldestLoginDay(tx)))?.toISOString()
  const midnight = (ago: number) => new Date(daysAgo(ago, '00:00')).toISOString()
  await applyRetention(sql, { loginDays: 3, setDays: 400, minuteDays: 0 })
  expect(await keptFrom()).toBe(midnight(3))
  await applyRetention(sql, { loginDays: 1, setDays: 400, minuteDays: 0 })
  expect(await keptFrom()).toBe(midnight(1))
  await applyRetention(sql, { loginDays: 3, setDays: 400, minuteDays: 0 })
  expect(await keptFrom()).toBe(midnight(1))
  await applyRetention(sql, { loginDays: 0, setDays: 400, minuteDays: 0 })
  expect(await keptFrom()).toBeUndefined()
  await applyRetention(sql, { loginDays: 3, setDays: 400, minuteDays: 0 })
  expect(await keptFrom()).toBe(midnight(-1))
})

test('a day that is being written has a summary of who logged in, which gives way to indexes once it is over', async () => {
  const database = await createDatabase(inject('databaseUrl'))
  onTestFinished(database.drop)
  const { sql } = database
  await applyRetention(sql, { loginDays: 2, setDays: 400, minuteDays: 0 })
  const indexesOf = async (ago: number) => {
    const rows = await sql<{ name: string }[]>`
      select replace(indexname, ${`${dayTable(daysAgo(ago))}_`}, '') as name from pg_indexes
      where tablename = ${dayTable(daysAgo(ago))} order by 1`
    return rows.map(({ name }) => name).filter((name) => !name.includes('event_at'))
  }
  expect(await indexesOf(-1)).toEqual(['event_id', 'seen'])
  expect(await indexesOf(3)).toEqual([])
  expect(await indexesOf(2)).toEqual(['device_id', 'dimensions', 'event_id', 'ip', 'user_id'])
})

test('the schedule applies retention, and an event that is older still counts', async () => {
  const deployment = await createDeployment({
    ...{ KAFKA_PARTITIONS: '1', LOGIN_RETENTION_DAYS: '1', MINUTE_RETENTION_DAYS: '1' },
  })
  const { sql, config } = deployment
  const client = await temporalClient(deployment)
  deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  const feed = createFeed(deployment)
  await feed.logins(10)
  const schedule = client.schedule.getHandle(retentionId(config.kafka.topic))
  await eventually(() => schedule.trigger())
  await eventually(async () => {
    expect([...(await sql`select what from retention_bound order by what`)]).toEqual([
      { what: 'hour_login' },
      { what: 'login' },
      { what: 'minute_count' },
    ])
  })
  const lateMs = Math.floor(Date.now() / 1000) * 1000 - 5 * DAY_MS
  await feed.loginOf('late', { timestamp: lateMs / 1000 })
  await eventually(async () => {
    const range = `from: "${daysAgo(6, '00:00')}", to: "${daysAgo(4, '00:00')}"`
    expect(await ask(`{ measures(${range}) { total { attempts } } }`)).toEqual({
      measures: { total: { attempts: 1 } },
    })
  })
  expect([...(await sql`select count(*)::integer as rows from login where user_id = 'late'`)]).toEqual([
    { rows: 0 },
  ])
  const minute = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString()
  const { measures } = await ask(`{ measures(from: "${minute(lateMs)}", to: "${minute(lateMs + 60_000)}") {
    total { users devices } } }`)
  expect(measures).toEqual({ total: { users: 1, devices: 1 } })
  // Kolkata begins its days on a half hour.
  const kolkata = `from: "${daysAgo(6, '18:30')}", to: "${daysAgo(4, '18:30')}", timeZone: "Asia/Kolkata"`
  const counts = (bucket: string) =>
    ask(`{ measures(${kolkata}, bucket: ${bucket}) { total { attempts } points { attempts } } }`)
  expect(await counts('DAY')).toMatchObject({ measures: { total: { attempts: 1 } } })
  await expect(counts('MINUTE')).rejects.toThrow(
    /single minutes are kept since .*begin and end on a quarter of an hour/,
  )
})
