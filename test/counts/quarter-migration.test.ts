import { expect, inject, onTestFinished, test } from 'vitest'
import type { Sql } from '../../db/connection/connect.ts'
import { rollUpQuarters } from '../../db/rollups/roll-up-quarters.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { insertBatches, insertDelta } from '../support/api/api-rows.ts'

const HOUR_MS = 3_600_000

/** Quarters, and what was written in which 5 minutes or hours, as they are read. */
async function held(sql: Sql) {
  const quarters = await sql`
    select * from quarter_count_entry order by dimension_set, bucket, device_type, app_version, locale, outcome`
  const written = await sql`
    select minutes, start, added.*
    from written_count held
    cross join unnest(held.quarters, held.device_types, held.app_versions, held.locales, held.outcomes, held.logins)
      as added (quarter, device_type, app_version, locale, outcome, logins)
    order by minutes, start, quarter, device_type, app_version, locale, outcome`
  return { quarters: [...quarters], written: [...written] }
}

/** As a version before left it: minutes were deleted, and what was written was added up by hours. */
async function undoMigration(sql: Sql): Promise<void> {
  await sql.unsafe(`
    drop view quarter_count_entry;
    drop table quarter_count;
    alter table written_count rename column quarters to buckets;
    update written_count set buckets = array(select date_trunc('hour', quarter, 'UTC') from unnest(buckets) as quarter);
    delete from retention_bound where what = 'login';
    alter table retention_bound
      drop constraint retention_bound_what_check,
      add constraint retention_bound_what_check check (what in ('minute_count'));
    delete from migration where name like '%_quarter_counts.sql'`)
}

test('quarters of minutes that a version before deleted are made of the deltas, and so is what was written', async () => {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  const old = (minute: string) => `2025-03-09T${minute}:00Z`
  const recent = new Date(Date.now() - HOUR_MS).toISOString()
  const write = async (id: number, hoursAgo: number, minutes: string[]) => {
    const committedAt = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString()
    await insertBatches(sql, [{ id, from: id * 10, to: id * 10 + minutes.length, committedAt }])
    await insertDelta(
      sql,
      id,
      minutes,
      minutes.map((_, i) => i + id),
    )
  }
  await write(1, 9, [old('18:29'), old('18:30'), old('18:44'), recent])
  await write(2, 8.9, [old('18:31'), old('23:59')])
  await write(3, 5, [old('18:30'), '1975-01-01T00:15:00Z'])
  await rollUpQuarters(sql, 90)
  await rollUpCounts(sql, 'user-login')
  while (await rollUpByCommitTime(sql));
  // Not rolled up.
  await write(4, 0, [old('18:31')])
  const before = await held(sql)
  expect(before.quarters.length).toBeGreaterThan(12)
  expect(new Set(before.written.map(({ minutes }) => Number(minutes)))).toEqual(new Set([5, 60]))

  await undoMigration(sql)
  // What a rollup may have added after its minutes were deleted.
  await sql`
    insert into minute_count (dimension_set, hour, device_type, app_version, locale, outcome, m31)
    values (0, ${old('18:00')}, '', '', '', '', 7)`
  await migrate(sql)
  expect(await held(sql)).toEqual(before)
  await rollUpQuarters(sql, 90)
  expect(await held(sql)).toEqual(before)
})
