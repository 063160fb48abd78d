import { expect, test } from 'vitest'
import { keepListsFrom } from '../../db/login-rows/kept-lists.ts'
import { readListsKeptFrom } from '../../db/read/engagement/kept-lists.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import { inOneSnapshot, writeBatch } from '../support/api/indexed-world.ts'
import { ago, hourOf, retention, rollUp, rowsFromMs, today } from '../support/api/late-logins.ts'
import { useIndexedLogins } from '../support/api/use-indexed-logins.ts'

const { sql, indexAll, late, unindexed } = useIndexedLogins()

test('logins of before the bound are not listed, and their rows do not stay', async () => {
  await applyRetention(sql(), retention)
  await writeBatch(sql(), 1, 0, [ago(401), ago(399)], { rowsFromMs })
  await rollUp(sql())
  await indexAll()
  expect([await late(), await unindexed()]).toEqual([0, 0])
  expect([...(await sql()`select hour from hour_login`)]).toEqual([
    { hour: new Date(hourOf(ago(399)).fromMs) },
  ])
})

const keptFrom = async () => (await inOneSnapshot(sql(), readListsKeptFrom)).getTime()

test('the bound follows the setting and never moves back; with 0 nothing is kept, now or later today', async () => {
  expect(await keptFrom()).toBe(0)
  await keepListsFrom(sql(), 400)
  expect(await keptFrom()).toBe((today - 400) * DAY_MS)
  await keepListsFrom(sql(), 10)
  await keepListsFrom(sql(), 400)
  expect(await keptFrom()).toBe((today - 10) * DAY_MS)
  await keepListsFrom(sql(), 0)
  await keepListsFrom(sql(), 400)
  expect(await keptFrom()).toBe((today + 2) * DAY_MS)
})

// An event may be an hour ahead, so that in the last hour of a day tomorrow is being counted already.
const HOUR_MS = 3_600_000
const firstWholeDay = () => dayOf(Date.now() + HOUR_MS) + 1

test.for([
  ['with rows begin with their oldest day', true, () => today - 2],
  ['without rows begin once all is counted by this version', false, firstWholeDay],
] as const)('the lists of a database of 0.3.1 %s', async ([, hasRows, day]) => {
  await applyRetention(sql(), { ...retention, loginDays: hasRows ? 2 : 0 })
  await writeBatch(sql(), 1, 0, hasRows ? [ago(1)] : [ago(401)], { rowsFromMs })
  await sql()`delete from retention_bound where what = 'hour_login'`
  await sql()`
    alter table retention_bound add constraint retention_bound_what_check check (what in ('minute_count', 'login'))`
  await sql()`drop table late_login`
  await sql()`delete from migration where name like '0108%'`
  await migrate(sql())
  expect([...(await sql()`select kept_from from retention_bound where what = 'hour_login'`)]).toEqual([
    { kept_from: new Date(day() * DAY_MS) },
  ])
})
