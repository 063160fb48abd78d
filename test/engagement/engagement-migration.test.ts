import { expect, inject, onTestFinished, test } from 'vitest'
import { countActiveUsers } from '../../db/rollups/active-user-counts.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { dayOf } from '../../domain/time/period.ts'
import { insertLogins } from '../support/api/logins-by-day.ts'
import { createDatabase, NOW_MS } from '../support/api/api-fixture.ts'
import { insertSightings } from '../support/api/api-rows.ts'

test('who was known before there were bitmaps is in them, with first days, and what rows of logins know', async () => {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  const eventTimeMs = Date.parse('2026-02-28T23:00:00Z')
  const login = {
    userId: 'a',
    deviceId: 'd',
    ip: '2001:db8::1',
    eventTimeMs,
    deviceType: 'iOS',
    appVersion: '1.0',
    locale: 'CA',
    outcome: 'success',
  } as const
  await insertLogins(sql, [login, { ...login, ip: '192.0.2.1' }], { nowMs: NOW_MS, retentionDays: 5 })
  await sql.unsafe(`
    drop view engagement, six_hour_member;
    drop table sighting_delta, engagement_chunk, engagement_kind_size, active_user_count, app_user, device, address, hour_login,
               hour_member, six_hour_chunk, unindexed_batch;
    drop type engagement_kind, engagement_period, engagement_facet;
    create table user_engagement (day date not null, user_id text not null, primary key (day, user_id));
    create table app_user (user_id text primary key, first_day date not null, last_day date not null);
    insert into user_engagement values ('2025-12-31', 'a'), ('2026-02-28', 'a'), ('2026-02-28', 'b');
    delete from migration
    where name in ('0010_activity.sql', '0013_active_user_counts.sql', '0016_hour_logins.sql', '0017_six_hour_members.sql',
                   '0018_everybody.sql', '0021_few_members.sql')`)
  await migrate(sql)
  while ((await rollUpSightings(sql)) > 0);
  const users = await sql`select user_id, first_day::text from app_user order by user_id`
  expect([...users]).toEqual([
    { user_id: 'a', first_day: '2025-12-31' },
    { user_id: 'b', first_day: '2026-02-28' },
  ])
  const days = await sql<{ name: string; members: number }[]>`
    select concat_ws(' ', kind, facet, value, start) as name, bit_count(members)::integer as members
    from engagement where period = 'day' and facet <> 'first' order by 1`
  expect(Object.fromEntries(days.map(({ name, members }) => [name, members]))).toEqual({
    'address all  2026-02-28': 2,
    'device all  2026-02-28': 1,
    'user all  2025-12-31': 1,
    'user all  2026-02-28': 2,
    'user app_version 1.0 2026-02-28': 1,
    'user device_type iOS 2026-02-28': 1,
    'user locale CA 2026-02-28': 1,
    'user outcome success 2026-02-28': 1,
  })
})

test('bitmaps that were there before counts of users were kept are counted', async () => {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  const day = dayOf(Date.parse('2026-02-27'))
  await insertSightings(sql, 1, [
    { kind: 'user', day, values: ['iOS', '1.0', 'CA', 'success'], ids: ['a', 'b'] },
    { kind: 'device', day, values: null, ids: ['d'] },
  ])
  await rollUpSightings(sql)
  await sql.unsafe(`
    drop table active_user_count;
    delete from migration where name = '0013_active_user_counts.sql'`)
  await migrate(sql)
  while (await countActiveUsers(sql));
  const counts = await sql<{ facet: string; periods: number; users: number }[]>`
    select facet, count(*)::integer as periods, sum(active)::integer as users from active_user_count group by 1 order by 1`
  expect([...counts]).toEqual(
    ['all', 'device_type', 'app_version', 'locale', 'outcome'].map((facet) => ({
      facet,
      periods: 3,
      users: 6,
    })),
  )
})

test('bitmaps of everybody that were packed are the same ones: unpacked where they have many members, as those by value are not', async () => {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  const ids = Array.from({ length: 100 }, (_, i) => `user ${i}`)
  const day = dayOf(Date.parse('2026-02-27'))
  const said = { kind: 'user' as const, day, values: null, ids }
  await insertSightings(sql, 1, [
    said,
    { ...said, values: ['iOS', '1.0', 'CA', 'success'] },
    { ...said, day: day - 40, ids: ids.slice(30) },
    { ...said, day: day - 80, ids: ids.slice(40) },
  ])
  await rollUpSightings(sql)
  await sql.unsafe(`
    create table held as select * from engagement;
    drop view engagement, six_hour_member;
    drop table engagement_chunk;
    create table engagement (
      kind engagement_kind, period engagement_period, facet engagement_facet, value text, start date, chunk integer,
      members bit(32768) not null, constraint engagement_pkey primary key (kind, period, facet, value, start, chunk));
    insert into engagement select kind, period, facet, value, start, chunk, members | members from held;
    alter table six_hour_chunk rename to six_hour_member;
    alter table six_hour_member rename constraint six_hour_chunk_pkey to six_hour_member_pkey;
    alter table six_hour_member drop column few_members, alter column members set not null,
      alter column members set storage main;
    insert into six_hour_member select kind, start, chunk, members | members from held
      where period = 'day' and facet = 'all';
    delete from migration where name in ('0018_everybody.sql', '0021_few_members.sql')`)
  const packed = async () =>
    Object.fromEntries(
      await sql<{ of: string; packed: boolean[] }[]>`
        select of, array_agg(distinct pg_column_size(members) < 4096) as packed
        from (
          select concat(case facet when 'all' then 'all' else 'value' end,
                        case when bit_count(members) > 64 then ' of many' else ' of few' end) as of, members
          from engagement
          union all
          select concat('six hours', case when bit_count(members) > 64 then ' of many' else ' of few' end), members
          from six_hour_member
        ) as bitmaps
        group by of`.then((rows) => rows.map(({ of, packed }) => [of, packed])),
    ) as Record<string, boolean[]>
  const before = await packed()
  expect(new Set(Object.values(before).flat())).toEqual(new Set([true]))
  await migrate(sql)
  expect(await packed()).toEqual({ ...before, 'all of many': [false], 'six hours of many': [false] })
  expect(Object.keys(before)).toEqual(
    expect.arrayContaining(['all of few', 'six hours of few', 'all of many']),
  )
  const [{ different } = { different: -1 }] = await sql<{ different: number }[]>`
    select count(*)::integer as different
    from held full join engagement using (kind, period, facet, value, start, chunk)
    where held.members is distinct from engagement.members`
  expect(different).toBe(0)
})
