import { expect, test } from 'vitest'
import { migrate } from '../../db/schema/migrate.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertSightings } from '../support/api/api-rows.ts'
import { DAY_MS, logins, ofAttempts, type Test, within } from '../support/api/engagement-world.ts'
import { type SeenLogin, sightingsOf } from '../support/api/logins-by-day.ts'
import { createOldDatabase, indexAll, ROLLED_UP, rollUpAll } from '../support/api/old-database.ts'
import { insertOldHour } from '../support/api/old-engagement.ts'

const HOUR_MS = 3_600_000
/** An hour with a failure that is rolled up, on a day whose rows are kept. */
const FAILURE = logins
  .slice(0, ROLLED_UP)
  .find((login) => ofAttempts.FAILURES(login) && login.eventTimeMs > NOW_MS - 3 * DAY_MS)
const HOUR_START_MS = Math.floor((FAILURE?.eventTimeMs ?? NaN) / HOUR_MS) * HOUR_MS
const HOUR = {
  from: new Date(HOUR_START_MS).toISOString(),
  to: new Date(HOUR_START_MS + HOUR_MS).toISOString(),
}

const attempts = Object.entries(ofAttempts)

type Ask = Awaited<ReturnType<typeof createOldDatabase>>['ask']

const distinct = (seen: readonly SeenLogin[], key: 'userId' | 'deviceId' | 'ip', ...tests: Test[]) =>
  new Set(seen.filter((login) => tests.every((holds) => holds(login))).map((login) => login[key])).size

const days = (first: string, count: number, step = 1) =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(first) + i * step * DAY_MS).toISOString())
const months = ['2025-11', '2025-12', '2026-01', '2026-02', '2026-03', '2026-04'].map(
  (month) => `${month}-01T00:00:00.000Z`,
)
const buckets = { DAY: days('2025-12-01', 90), WEEK: days('2025-11-10', 17, 7), MONTH: months }

/** Users and new users of each bucket, by the logins themselves. */
function expectedPoints(seen: readonly SeenLogin[], bounds: readonly string[], filter: Test, counts: Test) {
  const firstMs = new Map<string, number>()
  for (const { userId, eventTimeMs } of seen.filter(counts))
    firstMs.set(userId, Math.min(eventTimeMs, firstMs.get(userId) ?? Infinity))
  return bounds.slice(0, -1).map((start, i) => {
    const span = within(start, bounds[i + 1] ?? '')
    const isNew: Test = ({ userId }) => (firstMs.get(userId) ?? 0) >= Date.parse(start)
    return {
      users: distinct(seen, 'userId', span, filter, counts),
      newUsers: distinct(seen, 'userId', span, filter, counts, isNew),
    }
  })
}

async function expectExactUsers(ask: Ask, seen: readonly SeenLogin[]): Promise<void> {
  const failures: Test = ({ outcome }) => outcome !== 'success'
  for (const [of, counts] of attempts)
    for (const [bucket, bounds] of Object.entries(buckets))
      for (const [filter, holds] of [
        ['{}', ofAttempts.ALL],
        ['{ outcome: { in: ["FAILURE", "UNKNOWN"] } }', failures],
      ] as const) {
        const answer = await ask(`{
          measures(from: "${bounds[0] ?? ''}", to: "${bounds.at(-1) ?? ''}", bucket: ${bucket}, filter: ${filter}, attempts: ${of}) {
            points { users newUsers } } }`)
        expect(answer).toEqual({
          data: { measures: { points: expectedPoints(seen, bounds, holds, counts) } },
        })
      }
}

/** Different users, devices and addresses, and the codes of warnings. */
async function people(ask: Ask, { from, to }: { from: string; to: string }, of: string, filter = '{}') {
  const answer = await ask(`{ measures(from: "${from}", to: "${to}", attempts: ${of}, filter: ${filter}) {
    total { users devices addresses } } }`)
  const { warnings = [] } = (answer.extensions ?? {}) as { warnings?: { code: string; message: string }[] }
  const { total } = answer.data?.['measures'] as { total: object }
  return { ...total, warnings: warnings.map(({ code }) => code) }
}

function expectedPeople(seen: readonly SeenLogin[], range: { from: string; to: string }, ...tests: Test[]) {
  const inRange = [within(range.from, range.to), ...tests]
  return {
    users: distinct(seen, 'userId', ...inRange),
    devices: distinct(seen, 'deviceId', ...inRange),
    addresses: distinct(seen, 'ip', ...inRange),
  }
}

test('users of a migrated database are exact for logins, failures and both, at any age', async () => {
  const { sql, ask } = await createOldDatabase(logins)
  await migrate(sql)
  await rollUpAll(sql)
  await expectExactUsers(ask, logins)
})

test('hours of a migrated database are exact before and after they are indexed anew', async () => {
  const { sql, ask } = await createOldDatabase(logins)
  await sql`delete from pending_commit_rollup`
  await insertOldHour(sql, logins.slice(0, ROLLED_UP), HOUR_START_MS)
  await migrate(sql)
  await rollUpAll(sql)
  const expectExact = async () => {
    for (const [of, counts] of attempts) {
      const expected = { ...expectedPeople(logins, HOUR, counts), warnings: [] }
      expect(await people(ask, HOUR, of)).toEqual(expected)
    }
  }
  await expectExact()
  await indexAll(sql)
  await expectExact()
})

test('devices, addresses and users by value of old days are exact while rows are kept; after that a warning says what is not', async () => {
  const { sql, ask } = await createOldDatabase(logins)
  await migrate(sql)
  await rollUpAll(sql)
  const kept = { from: '2026-02-25T00:00:00Z', to: '2026-02-28T00:00:00Z' }
  const gone = { from: '2025-12-29T00:00:00Z', to: '2026-02-03T00:00:00Z' }
  for (const [of, counts] of attempts) {
    const isAll = of === 'ALL'
    expect(await people(ask, kept, of)).toEqual({ ...expectedPeople(logins, kept, counts), warnings: [] })
    const isAndroid: Test = ({ deviceType }) => deviceType === 'android'
    expect(await people(ask, kept, of, '{ deviceType: { in: ["ANDROID"] } }')).toEqual({
      ...expectedPeople(logins, kept, counts, isAndroid),
      warnings: [],
    })
    const { users, ...others } = expectedPeople(logins, gone, counts)
    expect(await people(ask, gone, of)).toMatchObject({
      ...(isAll ? { users, ...others } : { users }),
      warnings: isAll ? [] : ['SETS_INCLUDE_FAILURES'],
    })
    const byType =
      await ask(`{ measures(from: "2026-02-10", to: "2026-02-11", attempts: ${of}, filter: { deviceType: { in: ["IOS"] } }) {
      total { trailingUsers } } }`)
    expect(byType.extensions === undefined).toBe(isAll)
    const cohorts =
      await ask(`{ retention(bucket: WEEK, from: "2025-12-29", to: "2026-01-26", attempts: ${of}, groupBy: [DEVICE_TYPE]) {
      bucket } }`)
    expect(cohorts.extensions === undefined).toBe(isAll)
  }
})

test('days after the migration are exact, and first days of the days before it hold', async () => {
  const { sql, ask } = await createOldDatabase(logins)
  await migrate(sql)
  const later = logins.slice(0, 300).map((login, i) => ({
    ...login,
    userId: i % 5 === 0 ? `later-${i % 40}` : login.userId,
    eventTimeMs: NOW_MS + 12 * HOUR_MS + ((i * HOUR_MS) % (3 * DAY_MS)),
  }))
  await insertSightings(sql, 2, sightingsOf(later))
  await rollUpAll(sql)
  await expectExactUsers(ask, [...logins, ...later])
  const range = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }
  for (const [of, counts] of attempts) {
    expect(await people(ask, range, of)).toEqual({ ...expectedPeople(later, range, counts), warnings: [] })
  }
})

test('where no attempt ever failed all is exact as it is: nothing is indexed anew, and nothing is warned of', async () => {
  const seen = logins.map((login): SeenLogin => ({
    ...login,
    outcome: login.outcome === 'failure' ? 'success' : login.outcome,
  }))
  const { sql, ask } = await createOldDatabase(seen)
  await sql`delete from pending_commit_rollup`
  await insertOldHour(sql, seen, HOUR_START_MS)
  await migrate(sql)
  expect(await sql`select from unindexed_batch`).toHaveLength(0)
  await rollUpAll(sql)
  await expectExactUsers(ask, seen)
  for (const of of ['LOGINS', 'ALL'])
    for (const range of [HOUR, { from: '2025-12-29T00:00:00Z', to: '2026-02-03T00:00:00Z' }])
      expect(await people(ask, range, of)).toEqual({ ...expectedPeople(seen, range), warnings: [] })
})
