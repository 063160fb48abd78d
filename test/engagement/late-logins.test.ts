import { expect, test } from 'vitest'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { sightingKinds } from '../../domain/sightings/sighting.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { connect } from '../support/api/api-fixture.ts'
import {
  anyAttempt,
  countListed,
  inOneSnapshot,
  randomFilter,
  rollAll,
  writeBatch,
} from '../support/api/indexed-world.ts'
import {
  ago,
  random,
  rangesAround,
  retention,
  rollUp,
  rowsFromMs,
  today,
} from '../support/api/late-logins.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { expected, useIndexedLogins } from '../support/api/use-indexed-logins.ts'
import { eventually } from '../support/eventually.ts'

const { sql, url, indexAll, inLists, late, unindexed } = useIndexedLogins()

async function expectExact(logins: readonly SeenLogin[]): Promise<void> {
  for (const range of logins.flatMap(rangesAround))
    for (const filter of [anyAttempt, randomFilter(random)])
      expect(await inLists(range, filter)).toEqual(expected(logins, range, filter))
}

/** Until a statement of this function waits for a lock. @returns the process in Postgres */
async function untilWaiting(name: string): Promise<number> {
  const asked = connect(url())
  const [waiting] = await eventually(async () => {
    const found = await asked<{ pid: number }[]>`
      select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like ${`/* ${name} %`}`
    expect(found).toHaveLength(1)
    return found
  })
  await asked.end()
  return waiting?.pid ?? 0
}

test.each([
  ['the late ones first', [0, 1, 2]],
  ['the late ones last', [2, 1, 0]],
  ['one late, one not', [1, 2, 0]],
])(
  'a login that comes 31 or 399 days late is in the sets of its hour, before it is listed and after: %s',
  async (_, order) => {
    await applyRetention(sql(), retention)
    const batches = [
      [ago(31), ago(399)],
      [ago(399), ago(0), ago(30), ago(31)],
      [ago(0), ago(29)],
    ]
    const written: SeenLogin[] = []
    for (const place of order) {
      const batch = batches[place] ?? []
      await writeBatch(sql(), 10 + place, 0, batch, { rowsFromMs })
      written.push(...batch)
      await expectExact(written)
      await rollUp(sql())
      if (place !== 1) await indexAll()
      await expectExact(written)
    }
    await indexAll()
    expect([await late(), await unindexed()]).toEqual([0, 0])
    await expectExact(written)
  },
)

test('a late login that a revision adds to a listed batch is listed, too', async () => {
  await applyRetention(sql(), retention)
  const [first, second] = [
    [ago(40), ago(1)],
    [ago(40), ago(399)],
  ]
  await writeBatch(sql(), 1, 0, first, { rowsFromMs })
  await rollUp(sql())
  await indexAll()
  await writeBatch(sql(), 1, 1, second, { rowsFromMs })
  await expectExact([...first, ...second])
  await rollUp(sql())
  await indexAll()
  expect(await late()).toBe(0)
  await expectExact([...first, ...second])
})

test('late logins wait with a batch in which somebody has no number yet', async () => {
  await applyRetention(sql(), retention)
  const [known, unknown] = [ago(31), { ...ago(399), userId: 'new' }]
  const cache = new SightingCache(new Int32Array(4))
  await writeBatch(sql(), 2, 0, [known], { rowsFromMs, cache })
  await rollUp(sql())
  await indexAll()
  await writeBatch(sql(), 9, 0, [unknown], { rowsFromMs, cache })
  // Its sighting is to come with batch 9.
  await writeBatch(sql(), 3, 0, [unknown, known], { rowsFromMs, cache })
  await rollAll(sql())
  await indexAll()
  expect([await late(), await unindexed()]).toEqual([3, 2])
  await expectExact([known, unknown])
  await rollUp(sql())
  await indexAll()
  expect([await late(), await unindexed()]).toEqual([0, 0])
  await expectExact([known, unknown])
})

test('a crash while late logins are listed loses none of them', async () => {
  await applyRetention(sql(), retention)
  const logins = [ago(31), ago(399), ago(2)]
  await writeBatch(sql(), 1, 0, logins, { rowsFromMs })
  await rollUp(sql())
  const doomed = connect(url())
  await sql().begin(async (tx) => {
    // Whoever lists has taken the rows out of late_login by the time that it writes sets of hours.
    await tx`lock table hour_member in share mode`
    const listing = indexLogins(doomed).catch((error: unknown) => error)
    const pid = await untilWaiting('addHourMembers')
    await sql()`select pg_terminate_backend(${pid}::integer)`
    expect(await listing).toBeInstanceOf(Error)
  })
  await doomed.end({ timeout: 1 })
  expect([await late(), await unindexed()]).toEqual([2, 1])
  await expectExact(logins)
  await indexAll()
  expect(await late()).toBe(0)
  await expectExact(logins)
})

test('rows of a day that goes before they are listed are listed all the same', async () => {
  await applyRetention(sql(), retention)
  const logins = [ago(30), ago(29), ago(30)]
  await writeBatch(sql(), 1, 0, logins, { rowsFromMs })
  await rollUp(sql())
  // What began before the rows move finds them where they were.
  await inOneSnapshot(sql(), async (session) => {
    await session.sql`select from batch`
    expect(await applyRetention(sql(), { ...retention, loginDays: 29 })).toMatchObject({ droppedDays: [] })
    for (const range of logins.flatMap(rangesAround)) {
      const counts = sightingKinds.map((kind) => countListed(session, kind, range, anyAttempt))
      expect(await Promise.all(counts)).toEqual(expected(logins, range))
    }
  })
  expect(await late()).toBe(2)
  await expectExact(logins)
  const day = `login_${new Date((today - 30) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '_')}`
  expect(await applyRetention(sql(), { ...retention, loginDays: 29 })).toMatchObject({ droppedDays: [day] })
  await expectExact(logins)
  await indexAll()
  expect(await late()).toBe(0)
  await expectExact(logins)
})

test('rows do not move while they are listed, and none is left behind', async () => {
  await applyRetention(sql(), retention)
  const logins = [ago(30)]
  await writeBatch(sql(), 1, 0, logins, { rowsFromMs })
  await rollUp(sql())
  const other = connect(url())
  const retained = await sql().begin(async (tx) => {
    await tx`lock table hour_member in share mode`
    const listing = indexLogins(sql())
    await untilWaiting('addHourMembers')
    const retaining = applyRetention(other, { ...retention, loginDays: 29 })
    await untilWaiting('waitForLists')
    return { listing, retaining }
  })
  expect(await retained.listing).toBe(true)
  await retained.retaining
  await other.end()
  expect([await late(), await unindexed()]).toEqual([0, 0])
  await expectExact(logins)
})

test('of a batch whose later revision waits, only the rows of that revision leave a day that goes', async () => {
  await applyRetention(sql(), retention)
  const [first, second] = [[ago(30), ago(30)], [ago(30)]]
  await writeBatch(sql(), 1, 0, first, { rowsFromMs })
  await rollUp(sql())
  await indexAll()
  await writeBatch(sql(), 1, 1, second, { rowsFromMs })
  await applyRetention(sql(), { ...retention, loginDays: 29 })
  expect(await late()).toBe(1)
  await expectExact([...first, ...second])
  await rollUp(sql())
  await indexAll()
  expect(await late()).toBe(0)
  const [listed] = await sql()<
    { logins: number }[]
  >`select sum(octet_length(minutes))::integer as logins from hour_login`
  expect(listed?.logins).toBe(3)
})
