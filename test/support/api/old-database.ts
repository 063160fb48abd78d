import { expect, inject, onTestFinished } from 'vitest'
import type { Sql } from '../../../db/connection/connect.ts'
import { indexLogins } from '../../../db/rollups/index-logins.ts'
import { rollUpByCommitTime } from '../../../db/rollups/roll-up-by-commit-time.ts'
import { rollUpSightings } from '../../../db/rollups/roll-up-sightings.ts'
import { dayOf, isoDay } from '../../../domain/time/period.ts'
import { compareIndexed } from '../truth/compare-indexed.ts'
import { createApi, createDatabase, NOW_MS } from './api-fixture.ts'
import { insertBatches, insertCheckpoint } from './api-rows.ts'
import { insertLoginRows, type SeenLogin } from './logins-by-day.ts'
import { insertOldEngagement, migrateToOldSchema } from './old-engagement.ts'

const RETENTION_DAYS = 5
/** The others wait to be rolled up when the database is migrated. */
export const ROLLED_UP = 900

/** A database of Rollcall 0.3.1 that counted these logins, to be migrated, and questions to it. */
export async function createOldDatabase(seen: readonly SeenLogin[]) {
  const url = inject('databaseUrl')
  const database = await createDatabase(url, migrateToOldSchema)
  const { sql } = database
  await insertCheckpoint(sql, 0, 1_000, '2026-03-01T12:00:00Z')
  await insertBatches(sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
  await createOldDays(sql)
  await insertLoginRows(sql, seen, { nowMs: NOW_MS, retentionDays: RETENTION_DAYS })
  await insertOldEngagement(sql, seen.slice(0, ROLLED_UP))
  await sql`
    update sighting_delta set sightings = (
      select json_agg(sighted) from (
        select json_build_object('kind', "by" -> 'kind', 'day', "by" -> 'day', 'values', "by" -> 'values', 'ids', "by" -> 'ids')
        from json_array_elements(sightings) as given ("by")) as old (sighted))`
  const api = createApi({ url: database.urlOn(url), replicaUrls: [] })
  onTestFinished(async () => {
    await api.router.close()
    await database.drop()
  })
  return { sql, ask: api.ask }
}

/** Day tables as Rollcall 0.3.1 made them, which had no function for them. */
async function createOldDays(sql: Sql): Promise<void> {
  for (let day = dayOf(NOW_MS) - RETENTION_DAYS; day <= dayOf(NOW_MS) + 2; day++) {
    const name = `login_${isoDay(day).replaceAll('-', '_')}`
    await sql.unsafe(
      `create table ${name} partition of login for values from ('${isoDay(day)}') to ('${isoDay(day + 1)}')`,
    )
  }
}

export async function rollUpAll(sql: Sql): Promise<void> {
  while (await rollUpSightings(sql));
}

export async function indexAll(sql: Sql): Promise<void> {
  while (await rollUpByCommitTime(sql));
  while (await indexLogins(sql));
  expect(await sql`select from unindexed_batch`).toHaveLength(0)
  expect(await compareIndexed(sql)).toEqual([])
}
