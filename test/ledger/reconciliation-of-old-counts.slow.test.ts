import { expect, inject, onTestFinished, test } from 'vitest'
import { reconcileRecent } from '../../activities/reconcile.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { rollUpQuarters } from '../../db/rollups/roll-up-quarters.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import type { DiscrepancyKind } from '../../domain/pipeline/reconciliation.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { insertBatches, insertCheckpoint, insertDelta } from '../support/api/api-rows.ts'
import { type Break, differencesWhen, kindsWhen } from '../support/ledger/reconciliation-fixture.ts'

const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000]
const TOPIC = 'user-login'

/** Start of a day (UTC) so many days ago. */
const midnight = (daysAgo: number) => (Math.floor(Date.now() / DAY_MS) - daysAgo) * DAY_MS

/** Batches, each of logins at these moments (Unix milliseconds). */
async function openCounts() {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  await insertCheckpoint(sql, 0, 0, null)
  let id = 0
  const add = async (...moments: number[]) => {
    const [from, to] = [id * 100, id * 100 + moments.length]
    const filled = { from, to: from + 100, logins: to - from, rejects: 0, gaps: 100 - moments.length }
    await insertBatches(sql, [{ id: ++id, ...filled, committedAt: new Date().toISOString() }])
    const minutes = moments.map((ms) => new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString())
    await insertDelta(
      sql,
      id,
      minutes,
      minutes.map(() => 1),
    )
    await sql`update partition_checkpoint set next_offset = ${id * 100}, logins = logins + ${moments.length}`
  }
  return { sql, add, rollUp: () => rollUpCounts(sql, TOPIC) }
}

const nothing: Break = () => Promise.resolve()
const differences = (sql: Sql) => differencesWhen(sql, TOPIC, nothing)

let runs = 0
const run = (sql: Sql) => reconcileRecent(sql, { topic: TOPIC, runId: `run ${++runs}` }, () => undefined)

/** Around the first minute that is kept, when minutes of 90 days are, and far from it. */
const moments = () => {
  const first = midnight(90)
  const around = [-DAY_MS, -60 * MINUTE_MS, -MINUTE_MS, 0, MINUTE_MS, 59 * MINUTE_MS, DAY_MS].map(
    (ms) => first + ms,
  )
  return [
    ...around,
    midnight(0),
    Date.now(),
    Date.now() + 59 * MINUTE_MS,
    midnight(1_000),
    Date.parse('1975-03-01T00:14:00Z'),
  ]
}

test('logins of any age agree before and after a rollup, whenever retention runs and however long it keeps minutes', async () => {
  const { sql, add, rollUp } = await openCounts()
  const agrees = async () => {
    expect(await differences(sql)).toEqual([])
    await rollUp()
    expect(await differences(sql)).toEqual([])
  }
  await add(...moments())
  await agrees()
  for (const days of [90, 90, 1, 0, 90, 3_650]) {
    await add(...moments())
    await rollUpQuarters(sql, days)
    await agrees()
    await add(...moments())
    await agrees()
    while (await rollUpMonth(sql));
    expect(await differences(sql)).toEqual([])
  }
  const [held] = await sql`
    select (select min(hour) >= ${new Date(midnight(1))} from minute_count) as minutes,
           (select max(day) < ${new Date(midnight(1))} from quarter_count) as quarters,
           (select sum(logins)::integer from hour_count_entry where dimension_set = 0) as logins`
  expect(held).toEqual({ minutes: true, quarters: true, logins: 13 * moments().length })
})

test('discrepancies about a login that is older than the minutes are cleared by the next run', async () => {
  const { sql, add, rollUp } = await openCounts()
  await rollUpQuarters(sql, 90)
  const old = midnight(200) + 37 * MINUTE_MS
  await add(old)
  await rollUp()
  const bucket = (ms: number) => new Date(ms).toISOString()
  for (const [kind, ms] of [
    ['minute_count', old],
    ['hour_count', midnight(200)],
  ] as const)
    await sql`
      insert into alert (kind, topic, subject, detail)
      values (${kind}, ${TOPIC}, ${`${kind} ${bucket(ms)}`},
              ${JSON.stringify({ batchId: null, count: { bucket: bucket(ms) }, expected: '1', found: '0' })}::text::jsonb)`
  expect(await run(sql)).toMatchObject({ differences: 0, raised: 0, open: 0 })
})

type Damage = { what: string; broken: Break; kinds: DiscrepancyKind[] }

const damages: Damage[] = [
  {
    what: 'a quarter raised by 1',
    broken: (sql) => sql`update quarter_count set q02 = q02 + 1 where dimension_set = 15`,
    kinds: ['grouped_count', 'hour_count', 'quarter_count'],
  },
  {
    what: 'a quarter by locale raised by 1',
    broken: (sql) => sql`update quarter_count set q02 = q02 + 1 where dimension_set = 4`,
    kinds: ['grouped_count'],
  },
  {
    what: 'quarters by all dimensions deleted',
    broken: (sql) => sql`delete from quarter_count where dimension_set = 15`,
    kinds: ['grouped_count', 'hour_count', 'quarter_count'],
  },
  {
    what: 'a quarter beside those of any login',
    broken: (sql) => sql`update quarter_count set q90 = 1 where dimension_set = 15`,
    kinds: ['grouped_count', 'hour_count'],
  },
  {
    what: 'an hour raised by 1',
    broken: (sql) => sql`update hour_count set h00 = h00 + 1 where dimension_set = 15`,
    kinds: ['grouped_count', 'hour_count', 'month_count'],
  },
  {
    what: 'a month raised by 1',
    broken: (sql) => sql`update month_count set logins = logins + 1 where dimension_set = 15`,
    kinds: ['grouped_count', 'month_count'],
  },
  {
    what: 'a month by device type deleted',
    broken: (sql) => sql`delete from month_count where dimension_set = 1`,
    kinds: ['grouped_count'],
  },
  {
    what: 'a delta',
    broken: (sql) => sql`update login_count_delta set logins = array[2]`,
    kinds: ['batch_logins', 'quarter_count'],
  },
]

test('whatever is damaged of old counts is found, and its discrepancies are cleared once it is mended', async () => {
  const { sql, add, rollUp } = await openCounts()
  await add(midnight(200) + 37 * MINUTE_MS)
  await rollUp()
  await rollUpQuarters(sql, 90)
  while (await rollUpMonth(sql));
  expect(await kindsWhen(sql, TOPIC, nothing)).toEqual([])
  for (const { what, broken, kinds } of damages)
    expect(await kindsWhen(sql, TOPIC, broken), what).toEqual(kinds)

  for (const [table, slot] of [
    ['quarter_count', 'q02'],
    ['hour_count', 'h00'],
    ['month_count', 'logins'],
  ] as const) {
    await sql`update ${sql(table)} set ${sql(slot)} = ${sql(slot)} + 1 where dimension_set = 15`
    const damaged = await run(sql)
    expect(damaged.raised, table).toBeGreaterThan(0)
    expect(await run(sql), table).toMatchObject({ raised: 0, open: damaged.open })
    await sql`update ${sql(table)} set ${sql(slot)} = ${sql(slot)} - 1 where dimension_set = 15`
    expect(await run(sql), table).toMatchObject({ differences: 0, open: 0 })
  }
})

test('a count that is damaged while its minutes are kept is found as one of a quarter after them', async () => {
  const { sql, add, rollUp } = await openCounts()
  await add(midnight(20) + 37 * MINUTE_MS)
  await rollUp()
  await sql`update minute_count set m37 = m37 + 1 where dimension_set = 15`
  const open = async () => {
    const rows = await sql<{ kind: string }[]>`select kind from alert where cleared_at is null order by kind`
    return rows.map(({ kind }) => kind)
  }
  await run(sql)
  const others = Array.from({ length: 11 }, () => 'grouped_count')
  expect(await open()).toEqual([...others, 'hour_count', 'minute_count'])
  await rollUpQuarters(sql, 10)
  await run(sql)
  expect(await open()).toEqual([...others, 'hour_count', 'quarter_count'])
  await sql`update quarter_count set q02 = q02 - 1 where dimension_set = 15`
  await run(sql)
  expect(await open()).toEqual([])
})

test('login rows whose day was dropped are past comparing, also when retention is raised and the day is there again, empty', async () => {
  const { sql, add, rollUp } = await openCounts()
  const expired = async () => {
    const found = await run(sql)
    expect(found).toMatchObject({ differences: 0, open: 0 })
    const [last] = await sql<
      { expired: number }[]
    >`select expired from reconciliation_run order by id desc limit 1`
    return last?.expired
  }
  await applyRetention(sql, { loginDays: 10, setDays: 400, minuteDays: 0 })
  for (const eventAt of [midnight(5), midnight(1)].map((ms) => new Date(ms).toISOString())) {
    await add(Date.parse(eventAt))
    await sql`update batch set login_rows = 1, first_event_at = ${eventAt}, last_event_at = ${eventAt}
              where id = (select max(id) from batch)`
    await sql`
      insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                         kafka_partition, kafka_offset, batch_id)
      select ${eventAt}::text::timestamptz, 'u', 'd', '192.0.2.1', 'public', 'CA', 'us_state', '1.0', 'iOS', 'success', 0,
             from_offset, id
      from batch where id = (select max(id) from batch)`
  }
  await rollUp()
  expect(await expired()).toBe(0)
  for (const [loginDays, gone] of [
    [2, 1],
    [30, 1],
    [0, 2],
    [30, 2],
  ] as const) {
    await applyRetention(sql, { loginDays, setDays: 400, minuteDays: 0 })
    expect(await expired(), `${loginDays} days`).toBe(gone)
  }
})
