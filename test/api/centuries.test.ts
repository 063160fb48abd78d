import { expect, it } from 'vitest'
import type { Sql } from '../../db/connection/connect.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import { loginsAsCounted, readLoginCounts } from '../../db/read/counts/login-counts.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { readDistinctInRows } from '../../db/read/engagement/uniques.ts'
import { createCalendar } from '../../domain/time/calendar.ts'
import { insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { sql } = useApi((sql) =>
  insertCounts(sql, [
    ['2026-01-01T00:00Z', 'android', '1.0', 'CA', 1],
    ['2026-03-01T23:59Z', 'android', '1.0', 'CA', 10],
  ]),
)

/** Logins of the months from 1970 on, and how many rows of days Postgres looked for to tell. */
async function countMonths(months: number) {
  const buckets = createCalendar('Europe/Berlin').buckets(
    'month',
    { fromMs: 0, toMs: Date.UTC(9000) },
    months,
  )
  return await sql().begin(async (tx) => {
    const session = { sql: tx as unknown as Sql } as unknown as ReadSession
    const counts = await readLoginCounts(session, buckets, loginsAsCounted(anyLogin), 50_000)
    const [scans] = await tx<{ scans: string }[]>`
      select idx_scan + seq_scan as scans from pg_stat_xact_user_tables where relname = 'hour_count'`
    return { logins: counts?.map(({ logins }) => logins).flat(), scans: Number(scans?.scans) }
  })
}

it('centuries of months are counted, and days are looked for only from the first to the last that has counts', async () => {
  const { logins, scans } = await countMonths(10_000)
  expect(logins).toEqual([1n, 10n])
  expect(scans).toBeLessThan(100)
})

it('who logged in in decades to come is looked for only up to the last day that has a table', async () => {
  await createLoginDays(sql(), Date.UTC(2026, 2, 1), 3)
  const range = { fromMs: Date.UTC(2026, 1, 27), toMs: Date.UTC(2053, 0) }
  const filter = { ...anyLogin, deviceTypes: ['iOS' as const], locales: ['CA'] }
  const scans = await sql().begin(async (tx) => {
    const session = { sql: tx as unknown as Sql } as unknown as ReadSession
    expect(await readDistinctInRows(session, ['user'], range, filter)).toEqual(new Map([['user', 0n]]))
    const [row] = await tx<{ scans: string }[]>`
      select idx_scan + seq_scan as scans from pg_stat_xact_user_tables where relname = 'hour_login'`
    return Number(row?.scans)
  })
  expect(scans).toBeGreaterThan(0)
  expect(scans).toBeLessThan(200)
})

it('a database without counts answers for centuries too', async () => {
  await sql()`delete from hour_count`
  expect(await countMonths(10_000)).toMatchObject({ logins: [] })
})
