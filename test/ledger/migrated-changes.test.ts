import { expect, inject, onTestFinished, test } from 'vitest'
import { applyRetention } from '../../db/rollups/retention.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { insertBatches, insertCheckpoint } from '../support/api/api-rows.ts'
import { migrateToOldSchema } from '../support/api/old-engagement.ts'

const DAY_MS = 86_400_000
const dayAfter = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
const tableOf = (day: string) => `login_${day.replaceAll('-', '_')}`

async function openOldDatabase() {
  const { sql, drop } = await createDatabase(inject('databaseUrl'), migrateToOldSchema)
  onTestFinished(drop)
  return sql
}

test('the changes of a database of 0.3.1 are numbered by partition, as they were committed', async () => {
  const sql = await openOldDatabase()
  for (const partition of [0, 1, 2]) await insertCheckpoint(sql, partition, 20, null)
  await insertBatches(sql, [
    { id: 1, partition: 0, from: 0, to: 10, committedAt: '2026-03-01T10:00:00Z' },
    { id: 2, partition: 0, from: 10, to: 20, committedAt: '2026-03-01T10:00:01Z' },
    { id: 3, partition: 1, from: 0, to: 20, committedAt: '2026-03-01T10:00:02Z' },
  ])
  const changes: [batch: number, revision: number, minute: number][] = [
    [2, 1, 5],
    [1, 1, 6],
    [3, 1, 1],
    [2, 2, 7],
  ]
  for (const [batch, revision, minute] of changes)
    await sql`
      insert into batch_revision (batch_id, revision, kind, command_id, logins, rejects, processed_at, committed_at, code_version)
      values (${batch}, ${revision}, 'redrive', 'c', 1, -1, now(), '2026-03-02T10:00:00Z'::timestamptz + make_interval(mins => ${minute}), 'test')`
  await migrate(sql)
  const numbered =
    await sql`select batch_id::integer as batch, revision, change_number::integer as change from batch_revision order by 1, 2`
  expect([...numbered]).toEqual([
    { batch: 1, revision: 1, change: 2 },
    { batch: 2, revision: 1, change: 1 },
    { batch: 2, revision: 2, change: 3 },
    { batch: 3, revision: 1, change: 1 },
  ])
  const counted = await sql`select partition, changes::integer from partition_checkpoint order by partition`
  expect([...counted]).toEqual([
    { partition: 0, changes: 3 },
    { partition: 1, changes: 1 },
    { partition: 2, changes: 0 },
  ])
})

test('days of a database of 0.3.1 are searched by event_id: the running one at once, those that are over after upkeep', async () => {
  const sql = await openOldDatabase()
  const days = [-2, -1, 0, 1, 2].map(dayAfter)
  for (const day of days)
    await sql.unsafe(
      `create table ${tableOf(day)} partition of login for values from ('${day}') to ('${new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)}')`,
    )
  await migrate(sql)
  const indexed = async () => {
    const rows = await sql<{ day: string }[]>`
      select tablename as day from pg_indexes
      where indexdef like '% (event_id) WHERE (event_id IS NOT NULL)' order by 1`
    return rows.map(({ day }) => day)
  }
  expect(await indexed()).toEqual(expect.arrayContaining([0, 1, 2].map((day) => tableOf(dayAfter(day)))))
  expect(await indexed()).not.toContain(tableOf(dayAfter(-2)))
  await applyRetention(sql, { loginDays: 4, setDays: 400, minuteDays: 0 })
  // Retention made the days before, too.
  expect(await indexed()).toEqual([-4, -3, -2, -1, 0, 1, 2].map((day) => tableOf(dayAfter(day))))
})
