import { expect, it } from 'vitest'
import type { Sql, Transaction } from '../../db/connection/connect.ts'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import { loginsAsCounted, readLoginCounts } from '../../db/read/counts/login-counts.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { createCalendar } from '../../domain/time/calendar.ts'
import { insertCounts } from '../support/api/api-rows.ts'
import { countListed } from '../support/api/indexed-world.ts'
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
  expect(logins).toEqual([1, 10])
  expect(scans).toBeLessThan(100)
})

/** How often Postgres looked into the lists by hour, in this session. */
async function scansOf(tx: Transaction): Promise<number> {
  const [row] = await tx<{ scans: string }[]>`
    select idx_scan + seq_scan as scans from pg_stat_xact_user_tables where relname = 'hour_login'`
  return Number(row?.scans)
}

it('who logged in in decades to come is looked for only up to the last hour that is listed', async () => {
  await sql()`
    insert into hour_member (hour, kind, attempts, members)
    select hour::timestamptz, 'user', 'logins', '' from unnest('{2026-02-28T00:00Z,2026-03-02T23:00Z}'::text[]) as hour`
  const range = { fromMs: Date.UTC(2026, 1, 27), toMs: Date.UTC(2053, 0) }
  const filter = { ...anyLogin, attempts: 'all' as const, deviceTypes: ['iOS' as const], locales: ['CA'] }
  const scans = await sql().begin(async (tx) => {
    const session = { sql: tx as unknown as Sql } as unknown as ReadSession
    const scansBefore = await scansOf(tx)
    expect(await countListed(session, 'user', range, filter)).toBe(0)
    return (await scansOf(tx)) - scansBefore
  })
  expect(scans).toBeGreaterThan(0)
  expect(scans).toBeLessThan(200)
})

it('a database without counts answers for centuries too', async () => {
  await sql()`delete from hour_count`
  expect(await countMonths(10_000)).toMatchObject({ logins: [] })
})
