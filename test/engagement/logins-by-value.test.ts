import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { anyLogin, type CountFilter } from '../../db/read/counts/count-filter.ts'
import type { Page, TimeRange } from '../../db/read/keyset.ts'
import { type Part, partsOfRange } from '../../db/read/counts/login-parts.ts'
import { keyOfLogin, type LoginRow, readLogins } from '../../db/read/rows/logins.ts'
import { floorTo } from '../../domain/time/bucket.ts'
import { sfc32 } from '../../generator/sfc32.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import { insertCheckpoint } from '../support/api/api-rows.ts'
import {
  DAYS,
  END_MS,
  inOneSnapshot,
  randomLogin,
  START_MS,
  writeBatch,
} from '../support/api/indexed-world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Parts of a range are measured from there, and end within minutes. */
const LATEST_MS = END_MS - MINUTE_MS / 2
const random = sfc32(5, 0)
const logins: SeenLogin[] = []
let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
  const { sql } = database
  await createLoginDays(sql, END_MS, DAYS)
  for (let batch = 1; batch <= 10; batch++) {
    const some = Array.from({ length: 60 }, () => randomLogin(random))
    // Two in one minute, and some of each hour of the last day.
    const rare = [0, 1, 2].map((at) => ({
      ...randomLogin(random),
      appVersion: '9.9',
      eventTimeMs: END_MS - batch * 2.3 * HOUR_MS - at * 90_001,
    }))
    const doubled = rare.slice(2).map((one) => ({ ...one, eventTimeMs: one.eventTimeMs + 1 }))
    const all = [...some, ...rare, ...doubled, ...(batch === 1 ? atTheEnds() : [])]
    await writeBatch(sql, batch, 0, all)
    await sql`
      update login_count_delta as delta
      set (buckets, device_types, app_versions, locales, outcomes, logins) = (
        select array_agg(minute), array_agg(device_type), array_agg(app_version), array_agg(locale), array_agg(outcome),
               array_agg(logins)
        from (select date_trunc('minute', event_at) as minute, device_type, app_version, locale, outcome, count(*) as logins
              from login where batch_id = ${batch} group by 1, 2, 3, 4, 5) as added)
      where batch_id = ${batch}`
    await sql`insert into pending_rollup (batch_id, topic, revision) values (${batch}, 'user-login', 0)`
    logins.push(...all)
    // The others wait to be rolled up.
    if (batch === 6) await rollUpCounts(sql, 'user-login')
  }
  expect(Math.max(...logins.map(({ eventTimeMs }) => eventTimeMs))).toBe(LATEST_MS)
  await insertCheckpoint(sql, 0, 1, new Date(LATEST_MS).toISOString())
})
afterAll(() => database.drop())

/** The latest one, and those that come just after the end of a part. */
const atTheEnds = () =>
  [0, 1, 6, 24].map((hours) => ({
    ...randomLogin(random),
    appVersion: '9.9',
    eventTimeMs: LATEST_MS - hours * HOUR_MS + Math.sign(hours),
  }))

const newest: Page = { after: null, before: null, backwards: false, limit: 7 }
const rare: CountFilter = { ...anyLogin, appVersions: ['9.9'] }
const whenever: TimeRange = { from: null, to: null }
const rows = {
  batchId: null,
  users: null,
  devices: null,
  addresses: null,
  eventIds: null,
  partitions: null,
  fromOffset: null,
  toOffset: null,
}

/** Page after page, until there is none. */
async function pages(event: TimeRange, dimensions: CountFilter, backwards: boolean): Promise<number[]> {
  const found: LoginRow[] = []
  for (;;) {
    const last = found.at(-1)
    const key = last === undefined ? null : keyOfLogin(last)
    const page = { ...newest, backwards, [backwards ? 'before' : 'after']: key }
    const some = await inOneSnapshot(database.sql, (session) =>
      readLogins(session, { ...rows, event, dimensions }, page),
    )
    found.push(...some)
    if (some.length < page.limit) return found.map(({ login }) => login.eventTimeMs)
  }
}

function expected({ from, to }: TimeRange, { appVersions, outcomes }: CountFilter): number[] {
  return logins
    .filter(({ appVersion }) => appVersions?.includes(appVersion) ?? true)
    .filter(({ outcome }) => outcomes?.includes(outcome) ?? true)
    .map(({ eventTimeMs }) => eventTimeMs)
    .filter((ms) => ms >= (from?.getTime() ?? -Infinity) && ms < (to?.getTime() ?? Infinity))
    .sort((a, b) => b - a)
}

describe.each([
  ['that few logins have', rare],
  ['that few have, of an outcome', { ...rare, outcomes: ['failure'] }],
  ['that many have', { ...anyLogin, appVersions: ['1.0'] }],
] satisfies [string, CountFilter][])('logins with values %s are indexed without a gap', (_, filter) => {
  it.each([
    ['whenever they were', whenever],
    ['of the last hours', { from: new Date(END_MS - 20 * HOUR_MS), to: null }],
    [
      'of a range that is cut in minutes',
      { from: new Date(START_MS + 5), to: new Date(END_MS - 5 * HOUR_MS - 77) },
    ],
    ['of a range that ends in times to come', { from: null, to: new Date(END_MS + 50 * HOUR_MS) }],
  ] satisfies [string, TimeRange][])('%s, from either end', async (_, event) => {
    const inOrder = expected(event, filter)
    expect(inOrder.length).toBeGreaterThan(newest.limit)
    expect(await pages(event, filter, false)).toEqual(inOrder)
    expect(await pages(event, filter, true)).toEqual(inOrder.reverse())
  })
})

test('beyond five minutes only the minutes that have such logins by their counts are looked into', async () => {
  const parts: Part[] = []
  await inOneSnapshot(database.sql, async (session) => {
    for await (const part of partsOfRange(session, { event: whenever, dimensions: rare }, newest, () => 7))
      parts.push(part)
  })
  const [fromMs, toMs] = [LATEST_MS - 24 * HOUR_MS, LATEST_MS - 5 * MINUTE_MS]
  const found = parts.flatMap(({ minutes }) => minutes ?? []).map((minute) => minute.fromMs)
  const minutes = expected(whenever, rare)
    .filter((ms) => ms >= fromMs && ms < toMs)
    .map((ms) => floorTo(ms, MINUTE_MS))
  // One that two parts share is looked into for both.
  expect([...new Set(found)]).toEqual([...new Set(minutes)])
  // Some at a time: as many as a page needs.
  expect(parts.filter((part) => part.minutes !== null).length).toBeGreaterThan(3)
})

test('logins whose minutes are not kept any more are indexed all the same', async () => {
  const { sql } = database
  const keptFrom = new Date(END_MS - 3 * HOUR_MS)
  await sql`
    insert into retention_bound (what, kept_from) values ('minute_count', ${keptFrom})
    on conflict (what) do update set kept_from = excluded.kept_from`
  await sql`delete from minute_count where hour < ${keptFrom}`
  expect(await pages(whenever, rare, false)).toEqual(expected(whenever, rare))
})
