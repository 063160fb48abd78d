import { expect, inject, onTestFinished, test } from 'vitest'
import type { Sql } from '../../db/connection/connect.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'

/** A database as it was before failures were counted apart, with counts by all dimensions and a batch that is pending. */
async function openDatabaseOfBefore(): Promise<Sql> {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  await sql.unsafe(`
    delete from migration where name like '%_failures.sql';
    alter table batch drop column unknown_outcomes;
    alter table batch_revision drop column unknown_outcomes;
    create view login_count_delta_entry as select 1;
    alter view login_count_delta_entry owner to rollcall_migrate`)
  const values = `
    (array['iOS', 'android', 'unknown'])[1 + i % 3], (array['2.1.0', '2.2.0'])[1 + i % 2], (array['CA', 'TX', 'DE', 'x'])[1 + i % 4],
    (array['success', 'failure', 'unknown'])[1 + i / 12 % 3]`
  const rows = (table: string, start: string, step: string, slots: string[], logins: string) => `
    insert into ${table} (dimension_set, ${start}, device_type, app_version, locale, outcome, ${slots.join(', ')})
    select 15, timestamptz '2026-01-01Z' + i / 36 * interval '${step}', ${values}, ${slots.map(() => logins).join(', ')}
    from generate_series(0, 719) as i`
  await sql.unsafe(rows('minute_count', 'hour', '1 hour', ['m00', 'm37', 'm59'], '1 + i % 7'))
  await sql.unsafe(rows('hour_count', 'day', '1 day', ['h00', 'h23'], '1 + i % 11'))
  await sql.unsafe(rows('quarter_count', 'day', '1 day', ['q00', 'q95'], 'nullif(i % 3, 0)'))
  await sql.unsafe(rows('month_count', 'month', '1 month', ['logins'], '3000000000 + i'))
  await insertBatches(sql, [{ id: 1, from: 0, to: 7, committedAt: '2026-01-01T02:00:00Z' }])
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (1, array['2026-01-01T01:37Z', '2026-01-01T01:37Z']::timestamptz[], array['iOS', 'iOS'], array['2.1.0', '2.1.0'],
            array['CA', 'CA'], array['failure', 'success'], array[3, 4])`
  await sql`insert into pending_rollup (batch_id, topic) values (1, 'user-login')`
  return sql
}

const tables = [
  ['minute_count_entry', 'bucket'],
  ['hour_count_entry', 'bucket'],
  ['quarter_count_entry', 'bucket'],
  ['month_count', 'month'],
] as const
const sets = {
  11: ['device_type', 'app_version'],
  13: ['device_type', 'locale'],
  14: ['app_version', 'locale'],
}

/** Counts of failures that are not what the counts by all dimensions add up to, and how many are. */
async function compare(sql: Sql): Promise<{ wrong: number; right: number }> {
  let [wrong, right] = [0, 0]
  for (const [table, unit] of tables)
    for (const [set, names] of Object.entries(sets)) {
      const key = [unit, ...names].join(', ')
      const others = ['device_type', 'app_version', 'locale'].filter((name) => !names.includes(name))
      const [row] = await sql.unsafe<{ wrong: number; right: number }[]>(`
        with expected as (
          select ${key}, sum(logins) as logins from ${table} where dimension_set = 15 and outcome = 'failure' group by ${key}
        ), found as (
          select ${key}, logins::numeric from ${table}
          where dimension_set = ${set} and outcome = 'failure' and ${others.map((name) => `${name} = ''`).join(' and ')}
        )
        select (select count(*)::integer from ((table expected except table found) union all (table found except table expected)) as d)
               + (select count(*)::integer from ${table} where dimension_set = ${set} and outcome <> 'failure') as wrong,
               (select count(*)::integer from (table expected intersect table found) as same) as right`)
      wrong += row?.wrong ?? 0
      right += row?.right ?? 0
    }
  return { wrong, right }
}

test('failures of a database of before are counted exactly, and a batch that was pending is counted with them', async () => {
  const sql = await openDatabaseOfBefore()
  expect((await compare(sql)).right).toBe(0)
  expect(await migrate(sql)).toEqual([expect.stringMatching(/_failures\.sql$/)])
  const migrated = await compare(sql)
  expect(migrated).toEqual({ wrong: 0, right: expect.any(Number) as number })
  expect(migrated.right).toBeGreaterThan(500)
  await rollUpCounts(sql, 'user-login')
  expect((await compare(sql)).wrong).toBe(0)
  const rows = await sql`
    select m37 from minute_count where dimension_set = 13 and hour = '2026-01-01T01:00Z' and device_type = 'iOS' and locale = 'CA'`
  const [before] = await sql<{ sum: number }[]>`
    select sum(m37)::integer from minute_count
    where dimension_set = 15 and hour = '2026-01-01T01:00Z' and device_type = 'iOS' and locale = 'CA' and outcome = 'failure'`
  expect([...rows]).toEqual([{ m37: before?.sum }])
})
