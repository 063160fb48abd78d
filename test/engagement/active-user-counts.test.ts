import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { countActiveUsers, SIGHTINGS_LOCK } from '../../db/rollups/active-user-counts.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import {
  type EngagementFacet,
  readActiveUsers,
  readMeanDailyActive,
} from '../../db/read/engagement/engagement.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { dayOf, periodAfter, type Period, periods, periodStart } from '../../domain/time/period.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import { insertSightings } from '../support/api/api-rows.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
})
beforeEach(async () => {
  await database.sql`truncate engagement_chunk, active_user_count, app_user, sighting_delta`
  await database.sql`update engagement_kind_size set members = 0`
})
afterAll(() => database.drop())

type Seen = { day: number; user: string; locale: string }

const FIRST_DAY = dayOf(Date.parse('2026-01-20'))
const users = Array.from({ length: 12 }, (_, i) => `user ${i}`)
const locales = ['CA', 'NY', 'TX']

const leave = (seen: readonly Seen[]) =>
  insertSightings(
    database.sql,
    1,
    seen.map(({ day, user, locale }) => ({
      kind: 'user',
      day,
      values: ['iOS', '1.0', locale, 'success'],
      ids: [user],
    })),
  )

async function countAll(): Promise<number> {
  let periodsCounted = 0
  while (await countActiveUsers(database.sql)) periodsCounted++
  return periodsCounted
}

/** Who was seen on the days of a period, with one of the locales. */
const activeIn = (seen: readonly Seen[], period: Period, start: number, among: readonly string[]) =>
  new Set(
    seen
      .filter(({ day, locale }) => periodStart(period, day) === start && among.includes(locale))
      .map(({ user }) => user),
  )

/** By hand, from what was seen. */
function expected(
  seen: readonly Seen[],
  period: Period,
  starts: readonly number[],
  among: readonly string[],
) {
  const firstDay = (user: string) =>
    Math.min(...seen.filter((one) => one.user === user).map(({ day }) => day))
  return starts.slice(1).map((start, i) => {
    const [now, before] = [start, starts[i] ?? 0].map((at) => activeIn(seen, period, at, among))
    const count = (is: (user: string) => boolean | undefined) => BigInt([...(now ?? [])].filter(is).length)
    return {
      active: count(() => true),
      new_users: count((user) => periodStart(period, firstDay(user)) === start),
      returning_users: count((user) => before?.has(user)),
      before: BigInt(before?.size ?? 0),
    }
  })
}

async function expectRight(seen: readonly Seen[]): Promise<void> {
  const session = { sql: database.sql } as unknown as ReadSession
  for (const period of periods) {
    const first = periodAfter(period, periodStart(period, FIRST_DAY), -1)
    const starts = [first]
    while (starts.length < (period === 'day' ? 34 : 7)) starts.push(periodAfter(period, starts.at(-1) ?? 0))
    const facets: [EngagementFacet, string[]][] = [
      [{ facet: 'all', values: [''] }, locales],
      [{ facet: 'locale', values: ['CA'] }, ['CA']],
      [{ facet: 'locale', values: ['NY', 'TX'] }, ['NY', 'TX']],
    ]
    for (const [facet, among] of facets) {
      const rows = await readActiveUsers(session, facet, period, starts)
      expect(rows).toMatchObject(expected(seen, period, starts, among))
    }
  }
  const days = Array.from({ length: 30 }, (_, i) => FIRST_DAY + i)
  const mean = days.reduce((sum, day) => sum + activeIn(seen, 'day', day, ['CA']).size, 0) / days.length
  const range = { from: FIRST_DAY, to: FIRST_DAY + 30 }
  expect(await readMeanDailyActive(session, { facet: 'locale', values: ['CA'] }, range)).toBeCloseTo(mean, 10)
}

test.each([1, 2, 3])(
  'counts that are made are those of the bitmaps, whatever comes late (seed %i)',
  async (seed) => {
    const random = sfc32(seed, 0)
    const next = () => fraction(random)
    const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T
    const seen: Seen[] = []
    for (let round = 0; round < 8; round++) {
      const come = Array.from({ length: 1 + Math.floor(next() * 12) }, () => ({
        day: FIRST_DAY + Math.floor(next() * 32),
        user: pick(users),
        locale: pick(locales),
      }))
      await leave(come)
      seen.push(...come)
      await rollUpSightings(database.sql)
      await expectRight(seen)
      expect(await countAll()).toBeGreaterThan(0)
      await expectRight(seen)
    }
    const [open] =
      await database.sql`select count(*)::integer as open from active_user_count where active is null`
    expect(open).toEqual({ open: 0 })
  },
)

test('a period that ended less than a day ago is not counted yet', async () => {
  const today = dayOf(Date.now())
  await leave([0, 1, 2].map((age) => ({ day: today - age, user: 'a', locale: 'CA' })))
  await rollUpSightings(database.sql)
  await countAll()
  const made = await database.sql<{ start: string }[]>`
    select start::text from active_user_count where period = 'day' and facet = 'all' and active is not null`
  expect(made.map(({ start }) => dayOf(Date.parse(start)))).toEqual([today - 2])
})

test('the same sightings again have nothing counted anew', async () => {
  const seen = [{ day: FIRST_DAY, user: 'a', locale: 'CA' }]
  await leave(seen)
  await rollUpSightings(database.sql)
  expect(await countAll()).toBe(3)
  await leave(seen)
  await rollUpSightings(database.sql)
  expect(await countAll()).toBe(0)
})

test('while bitmaps are being changed nothing is counted, and nobody waits for it', async () => {
  await leave([{ day: FIRST_DAY, user: 'a', locale: 'CA' }])
  await rollUpSightings(database.sql)
  await database.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${SIGHTINGS_LOCK}))`
    expect(await countActiveUsers(database.sql)).toBe(false)
  })
  expect(await countAll()).toBe(3)
})
