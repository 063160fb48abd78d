import { beforeAll, expect, it } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { insertBatches, insertCounts, insertDelta } from '../support/api/api-rows.ts'
import { useCounts } from '../support/api/use-counts.ts'

const { sql: openSql, field } = useCounts()

beforeAll(() =>
  insertCounts(openSql(), [
    ['2025-10-31T23:59:00Z', 'iOS', '1.0', 'CA', 1],
    ['2025-11-01T00:00:00Z', 'iOS', '1.0', 'CA', 2],
    ['2025-11-15T10:15:00Z', 'android', '2.0', 'NY', 4],
    ['2025-11-30T23:30:00Z', 'iOS', '2.0', 'NY', 8],
    ['2025-12-31T23:59:00Z', 'iOS', '2.0', 'CA', 16],
  ]),
)

const questions = [
  'from: "2025-10-01T00:00Z", to: "2026-03-01T00:00Z", bucket: MONTH, groupBy: [DEVICE_TYPE, APP_VERSION, LOCALE]',
  'from: "2025-10-31T23:00Z", to: "2026-02-01T00:00Z", bucket: MONTH, timeZone: "Europe/Berlin", groupBy: [LOCALE]',
  'from: "2025-10-31T12:00Z", to: "2025-12-31T23:59Z", bucket: MONTH, filter: { locale: { in: ["CA"] } }',
  'from: "2025-11-01T00:00Z", to: "2025-12-01T00:00Z", bucket: DAY',
]
const counts = 'attempts points { start end attempts }'
const answers = () =>
  Promise.all(
    questions.map((question) =>
      field<{ total: { attempts: number } }>(`{
        measures(${question}) { total { ${counts} } groups { values ${counts} } } }`),
    ),
  )

async function makeAll(): Promise<number> {
  let made = 0
  while (await rollUpMonth(openSql())) made++
  return made
}

it('months that are made answer as their hours do; a late login takes its month out until it is made anew', async () => {
  const sql = openSql()
  const before = await answers()
  expect(before[0]?.total.attempts).toBe(31 + 1)
  // October to December, and those of the other counts of this database: February, not yet over three days then.
  expect(await makeAll()).toBeGreaterThanOrEqual(3)
  expect(await answers()).toEqual(before)

  // That they are what is read.
  await sql`update month_count set logins = logins + 100 where month = '2025-11-01Z' and locale = 'NY' and app_version <> ''`
  expect(await answers()).not.toEqual(before)

  await insertBatches(sql, [{ id: 1, from: 0, to: 1, committedAt: '2026-01-05T00:00:00Z' }])
  await insertDelta(sql, 1, ['2025-11-30T22:59:00Z'], [32])
  await rollUpCounts(sql, 'user-login')
  const late = await answers()
  expect(late.map(({ total }) => total.attempts)).toEqual(before.map(({ total }) => total.attempts + 32))
  expect(await makeAll()).toBe(1)
  expect(await answers()).toEqual(late)
})

it('a month that ended in the last days is not made yet', async () => {
  const sql = openSql()
  const now = new Date()
  const thisMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1, 5)).toISOString()
  await insertCounts(sql, [[thisMonth, 'iOS', '1.0', 'CA', 1]])
  expect(await makeAll()).toBe(0)
})
