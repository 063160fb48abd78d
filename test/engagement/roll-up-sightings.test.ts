import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { dayOf } from '../../domain/time/period.ts'
import type { SightingGroup, SightingKind } from '../../domain/sightings/sighting.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import { insertSightings } from '../support/api/api-rows.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
})
beforeEach(async () => {
  await database.sql`truncate engagement_chunk, app_user, device, address, sighting_delta`
  await database.sql`update engagement_kind_size set members = 0`
})
afterAll(() => database.drop())

const seen = (
  kind: SightingKind,
  day: string,
  ids: string[],
  locale: string | null = null,
): SightingGroup => ({
  kind,
  day: dayOf(Date.parse(day)),
  attempts: 'logins',
  values: locale === null ? null : ['iOS', '1.0', locale, 'unknown'],
  ids,
})
const failed = (kind: SightingKind, day: string, ids: string[]): SightingGroup => ({
  ...seen(kind, day, ids),
  attempts: 'failures',
  values: kind === 'user' ? ['iOS', '1.0', 'CA', 'failure'] : null,
})

const leave = (...groups: SightingGroup[]) => insertSightings(database.sql, 1, groups)

/** `kind period facet value start` → ids, of what is not empty. Those of logins do not say so. */
async function bitmaps(where = 'true'): Promise<Record<string, string>> {
  const rows = await database.sql<{ name: string; ids: string }[]>`
    with dictionary as (
      select 'user'::engagement_kind as kind, user_id as id, number from app_user
      union all select 'device', device_id, number from device
      union all select 'address', ip, number from address
    )
    select concat_ws(' ', kind, period, nullif(attempts, 'logins'), facet, nullif(value, ''), start) as name, string_agg(id, ' ' order by id) as ids
    from engagement join dictionary using (kind)
    where number / 32768 = chunk and get_bit(members, number % 32768) = 1 and ${database.sql.unsafe(where)}
    group by 1`
  return Object.fromEntries(rows.map(({ name, ids }) => [name, ids]))
}

test('a sighting is found in its day, its week and its month, and in each of its dimensions', async () => {
  await leave(seen('user', '2026-03-01', ['a', 'b'], 'CA'), seen('device', '2026-03-02', ['d']))
  expect(await rollUpSightings(database.sql)).toBe(3)
  expect(await bitmaps("period <> 'day' or start = '2026-03-02'")).toMatchObject({
    'device day all 2026-03-02': 'd',
    'device week all 2026-03-02': 'd',
    'device month first 2026-03-01': 'd',
    'user week all 2026-02-23': 'a b',
    'user month locale CA 2026-03-01': 'a b',
    'user month device_type iOS 2026-03-01': 'a b',
    'user month app_version 1.0 2026-03-01': 'a b',
    'user month outcome unknown 2026-03-01': 'a b',
  })
})

test('a late event moves the first day of a user back, in every period', async () => {
  await leave(seen('user', '2026-03-10', ['a', 'b']))
  await rollUpSightings(database.sql)
  await leave(seen('user', '2026-02-27', ['a']), seen('user', '2026-03-12', ['b']))
  await rollUpSightings(database.sql)
  expect(await bitmaps("facet = 'first' and attempts = 'logins'")).toEqual({
    'user day first 2026-02-27': 'a',
    'user day first 2026-03-10': 'b',
    'user week first 2026-02-23': 'a',
    'user week first 2026-03-09': 'b',
    'user month first 2026-02-01': 'a',
    'user month first 2026-03-01': 'b',
  })
  expect(Object.values(await bitmaps("facet = 'first' and attempts = 'all'"))).toEqual(
    Object.values(await bitmaps("facet = 'first' and attempts = 'logins'")),
  )
  const [moved] = await database.sql`
    select first_login_day::text as login, first_failure_day::text as failure from app_user where user_id = 'a'`
  expect(moved).toEqual({ login: '2026-02-27', failure: null })
})

test('failures are found in bitmaps of their own, and first days of logins do not depend on them', async () => {
  await leave(failed('user', '2026-03-10', ['a', 'b']), failed('address', '2026-03-10', ['1.1.1.1']))
  await rollUpSightings(database.sql)
  await leave(seen('user', '2026-03-12', ['a'], 'CA'), failed('user', '2026-03-09', ['a']))
  await rollUpSightings(database.sql)
  expect(await bitmaps("period = 'day' and facet <> 'app_version'")).toEqual({
    'user day failures all 2026-03-09': 'a',
    'user day failures all 2026-03-10': 'a b',
    'user day failures device_type iOS 2026-03-09': 'a',
    'user day failures device_type iOS 2026-03-10': 'a b',
    'user day failures locale CA 2026-03-09': 'a',
    'user day failures locale CA 2026-03-10': 'a b',
    'user day failures outcome failure 2026-03-09': 'a',
    'user day failures outcome failure 2026-03-10': 'a b',
    'user day all 2026-03-12': 'a',
    'user day device_type iOS 2026-03-12': 'a',
    'user day locale CA 2026-03-12': 'a',
    'user day outcome unknown 2026-03-12': 'a',
    'user day first 2026-03-12': 'a',
    'user day failures first 2026-03-09': 'a',
    'user day failures first 2026-03-10': 'b',
    'user day all first 2026-03-09': 'a',
    'user day all first 2026-03-10': 'b',
    'address day failures all 2026-03-10': '1.1.1.1',
    'address day failures first 2026-03-10': '1.1.1.1',
    'address day all first 2026-03-10': '1.1.1.1',
  })
})

test('sightings that a worker of Rollcall 0.3.1 left are those of logins, and of failures where users say so', async () => {
  const old = [seen('device', '2026-03-10', ['d']), failed('user', '2026-03-10', ['a'])]
  await leave(...old.map((group) => ({ ...group, attempts: undefined }) as unknown as SightingGroup))
  await rollUpSightings(database.sql)
  expect(await bitmaps("period = 'day' and facet = 'all'")).toEqual({
    'device day all 2026-03-10': 'd',
    'user day failures all 2026-03-10': 'a',
  })
})

test('the same sightings again change nothing and use up no number', async () => {
  const again = seen('address', '2026-03-10', ['1.1.1.1', '::1'])
  await leave(again)
  await rollUpSightings(database.sql)
  const before = await bitmaps()
  await leave(again)
  await leave(again)
  await rollUpSightings(database.sql)
  expect(await bitmaps()).toEqual(before)
  await leave(seen('address', '2026-03-10', ['1.1.1.2']))
  await rollUpSightings(database.sql)
  expect(await bitmaps("facet = 'all' and period = 'day'")).toEqual({
    'address day all 2026-03-10': '1.1.1.1 1.1.1.2 ::1',
  })
  expect(Object.keys(await bitmaps())).toEqual(Object.keys(before))
  const rows = await database.sql`select number from address order by number`
  expect(rows.map(({ number }) => number as number)).toEqual([0, 1, 2])
})

test('rolling up at the same time moves everything once', async () => {
  const ids = Array.from({ length: 200 }, (_, i) => `user ${i}`)
  for (let from = 0; from < 200; from += 20)
    await leave(seen('user', '2026-03-10', ids.slice(from, from + 25)))
  await Promise.all([1, 2, 3, 4].map(() => rollUpSightings(database.sql)))
  await rollUpSightings(database.sql)
  const [count] = await database.sql`
    select count(*)::integer as users, count(distinct number)::integer as numbers, max(number) as last from app_user`
  expect(count).toEqual({ users: 200, numbers: 200, last: 199 })
  expect(
    (await bitmaps("facet = 'all' and period = 'day'"))['user day all 2026-03-10']?.split(' user').length,
  ).toBe(200)
})

test('a rollup leaves everything to the one that is at work', async () => {
  await leave(seen('user', '2026-03-10', ['a']))
  await database.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('roll up sightings'))`
    expect(await rollUpSightings(database.sql)).toBe(0)
  })
  expect(await rollUpSightings(database.sql)).toBe(1)
})

test('a rollup that fails in the middle leaves everything to the next one', async () => {
  await leave(seen('user', '2026-03-10', ['a']), seen('address', '2026-03-10', ['1.1.1.1']))
  await database.sql`alter table address add constraint refuses check (ip <> '1.1.1.1')`
  await expect(rollUpSightings(database.sql)).rejects.toThrow('refuses')
  expect(await bitmaps()).toEqual({})
  await database.sql`alter table address drop constraint refuses`
  expect(await rollUpSightings(database.sql)).toBe(2)
  expect(await bitmaps("facet = 'all' and period = 'day'")).toEqual({
    'address day all 2026-03-10': '1.1.1.1',
    'user day all 2026-03-10': 'a',
  })
})

test('numbers past a chunk go on in the next one', async () => {
  await database.sql`update engagement_kind_size set members = 32767 where kind = 'user'`
  await leave(seen('user', '2026-03-10', ['last of a chunk', 'first of the next']))
  await rollUpSightings(database.sql)
  const chunks = await database.sql`
    select chunk, bit_count(members)::integer as members, get_bit(members, (1 - chunk) * 32767) as bit from engagement
    where facet = 'all' and period = 'day' order by chunk`
  expect([...chunks]).toEqual([
    { chunk: 0, members: 1, bit: 1 },
    { chunk: 1, members: 1, bit: 1 },
  ])
})

test('a bitmap has the same members whether it is packed, as of 64 at most, or not, while it grows and shrinks', async () => {
  const ids = Array.from({ length: 100 }, (_, i) => `user ${String(i).padStart(2, '0')}`)
  const see = async (day: string, from: number, to: number) => {
    await leave(seen('user', day, ids.slice(from, to), 'CA'))
    await rollUpSightings(database.sql)
  }
  const isPacked = async (facet: string, day: string) => {
    const [row] = await database.sql<{ packed: boolean }[]>`
      select pg_column_size(coalesce(members, few_members)) < 4096 as packed from engagement_chunk
      where kind = 'user' and period = 'day' and facet = ${facet}::text::engagement_facet and start = ${day}::text::date`
    return row?.packed
  }
  for (const [from, to] of [
    [0, 40],
    [20, 64],
    [63, 65],
    [60, 100],
  ] as const) {
    await see('2026-03-10', from, to)
    const of = await bitmaps('true')
    for (const name of ['day all 2026-03-10', 'week first 2026-03-09', 'month locale CA 2026-03-01'])
      expect(of[`user ${name}`]).toBe(ids.slice(0, to).join(' '))
    expect(await isPacked('all', '2026-03-10')).toBe(to <= 64)
  }
  for (const to of [30, 36, 37, 100]) {
    await see('2026-02-10', 0, to)
    const of = await bitmaps("period = 'day' and facet = 'first'")
    expect(of['user day first 2026-03-10']).toBe(to === 100 ? undefined : ids.slice(to).join(' '))
    expect(of['user day first 2026-02-10']).toBe(ids.slice(0, to).join(' '))
  }
})
