import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { createLoginDays } from '../../db/rollups/login-partitions.ts'
import type { EngagementFacet } from '../../db/read/engagement/engagement.ts'
import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import { readDistinctInRows, readDistinctWithEdges } from '../../db/read/engagement/uniques.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import { SightingCache, sightingKinds } from '../../domain/sightings/sightings.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import {
  anything,
  DAYS,
  END_MS,
  expectedCount,
  inOneSnapshot,
  randomFilter,
  randomLogin,
  randomRange,
  rollAll,
  START_MS,
  writeBatch,
} from '../support/api/indexed-world.ts'
import { compareIndexed } from '../support/truth/compare-indexed.ts'

let database: TestDatabase
const sql = () => database.sql
const whole: TimeBucket = { fromMs: START_MS, toMs: END_MS }

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
})
beforeEach(async () => {
  await createLoginDays(sql(), END_MS, DAYS)
  await sql()`truncate batch, login, pending_commit_rollup, unindexed_batch, written_count, hour_login, hour_member, six_hour_chunk,
                       login_count_delta, sighting_delta, engagement_chunk, app_user, device, address cascade`
  await sql()`update engagement_kind_size set members = 0`
})
afterAll(() => database.drop())

async function listAll(): Promise<void> {
  while (await indexLogins(sql()));
}

const inRows = (range: TimeBucket, filter = anything) =>
  inOneSnapshot(sql(), async (session) => {
    const counts = await readDistinctInRows(session, sightingKinds, range, filter)
    return sightingKinds.map((kind) => counts.get(kind))
  })
const expected = (logins: readonly SeenLogin[], range: TimeBucket, filter = anything) =>
  sightingKinds.map((kind) => expectedCount(logins, kind, [range], filter))

const unindexed = async () => (await sql()`select from unindexed_batch`).length

/** A random number of times. */
async function often(times: number, work: () => Promise<unknown>): Promise<void> {
  for (; times > 0; times--) await work()
}

test.each([1, 2, 3, 4])(
  'who was active in any minutes, of any values, is exact however much is rolled up and indexed, and whatever came late (seed %i)',
  async (seed) => {
    const random = sfc32(seed, 0)
    const next = (below: number) => Math.floor(fraction(random) * below)
    // Remembers what is committed, as that of a worker: who has no number yet may be waiting with another batch.
    const cache = new SightingCache(new Int32Array(4))
    const logins: SeenLogin[] = []
    const batches: { id: number; revision: number }[] = []
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 6; i++) {
        const added = Array.from({ length: 1 + next(12) }, () => randomLogin(random))
        const again = next(4) === 0 ? batches[next(batches.length)] : undefined
        const batch = again ?? {
          id: next(2) === 0 ? 1_000 - batches.length : 2_000 + batches.length,
          revision: -1,
        }
        batch.revision++
        if (again === undefined) batches.push(batch)
        await writeBatch(sql(), batch.id, batch.revision, added, { cache })
        logins.push(...added)
      }
      await often(next(2), () => rollUpSightings(sql()))
      await often(next(2), () => rollAll(sql()))
      await often(next(3), () => indexLogins(sql()))
      if (round === 3) {
        await rollUpSightings(sql())
        await rollAll(sql())
        await listAll()
        expect(await unindexed()).toBe(0)
      }
      for (let i = 0; i < 12; i++) {
        const [range, filter] = [randomRange(random), i % 3 === 0 ? anything : randomFilter(random)]
        expect(await inRows(range, filter)).toEqual(expected(logins, range, filter))
      }
      expect(await compareIndexed(sql())).toEqual([])
    }
    await rollUpSightings(sql())
    const days = { from: dayOf(START_MS) + 1, to: dayOf(END_MS) - 1 }
    const edges = [
      { fromMs: START_MS + next(1_440) * 60_000, toMs: START_MS + DAY_MS },
      { fromMs: END_MS - DAY_MS, toMs: END_MS - next(1_440) * 60_000 },
    ]
    const facets: [EngagementFacet, CountFilter][] = [
      [{ facet: 'all', values: [''] }, anything],
      [
        { facet: 'locale', values: ['CA', 'NY'] },
        { ...anything, locales: ['CA', 'NY'] },
      ],
    ]
    const range = { fromMs: edges[0]?.fromMs ?? 0, toMs: edges[1]?.toMs ?? 0 }
    for (const [facet, filter] of facets) {
      const found = await inOneSnapshot(sql(), (session) =>
        readDistinctWithEdges(session, ['user'], facet, { days, edges }, filter),
      )
      expect(found).toEqual(new Map([['user', expectedCount(logins, 'user', [range], filter)]]))
    }
  },
)

test('a batch with somebody who has no number yet waits, whatever batch is to bring the number; others do not', async () => {
  const random = sfc32(5, 0)
  const [known, unknown] = [randomLogin(random), { ...randomLogin(random), userId: 'new', deviceId: 'new' }]
  const cache = new SightingCache(new Int32Array(4))
  await writeBatch(sql(), 2, 0, [known], { cache })
  await rollUpSightings(sql())
  await writeBatch(sql(), 9, 0, [unknown], { cache })
  // The worker knows that the sighting is committed.
  await writeBatch(sql(), 3, 0, [unknown, known], { cache })
  await rollAll(sql())
  await listAll()
  expect(await sql()`select batch_id::integer from unindexed_batch order by 1`).toEqual([
    { batch_id: 3 },
    { batch_id: 9 },
  ])
  expect(await compareIndexed(sql())).toEqual([])
  expect(await inRows(whole)).toEqual(expected([known, unknown], whole))
  await rollUpSightings(sql())
  await listAll()
  expect(await unindexed()).toBe(0)
  expect(await inRows(whole)).toEqual(expected([known, unknown], whole))
})

test('what is indexed is what answers: rows are not read again', async () => {
  const login = randomLogin(sfc32(6, 0))
  await writeBatch(sql(), 1, 0, [login])
  await rollUpSightings(sql())
  await rollAll(sql())
  await listAll()
  await sql()`truncate login`
  expect(await inRows(whole)).toEqual([1n, 1n, 1n])
  const minute = { fromMs: Math.floor(login.eventTimeMs / 60_000) * 60_000, toMs: 0 }
  minute.toMs = minute.fromMs + 60_000
  expect(await inRows(minute)).toEqual([1n, 1n, 1n])
  expect(await inRows({ fromMs: minute.toMs, toMs: minute.toMs + 60_000 })).toEqual([0n, 0n, 0n])
})

test('what commits while others are indexed is found before and after, and so is what a revision adds', async () => {
  const random = sfc32(7, 0)
  const logins = Array.from({ length: 30 }, () => randomLogin(random))
  const [first, second, third] = [logins.slice(0, 10), logins.slice(10, 20), logins.slice(20)]
  await writeBatch(sql(), 1, 0, first)
  await writeBatch(sql(), 2, 0, second)
  await rollUpSightings(sql())
  await rollAll(sql())
  // Its rows are there, and nobody sees them yet.
  await writeBatch(sql(), 1, 1, third, {
    beforeCommit: async () => {
      await listAll()
      expect(await inRows(whole)).toEqual(expected([...first, ...second], whole))
    },
  })
  expect(await inRows(whole)).toEqual(expected(logins, whole))
  expect(await compareIndexed(sql())).toEqual([])
  await rollUpSightings(sql())
  await rollAll(sql())
  expect(await unindexed()).toBe(1)
  await listAll()
  expect(await inRows(whole)).toEqual(expected(logins, whole))
  expect(await compareIndexed(sql())).toEqual([])
})

test('a question that began before a batch was indexed is answered from its rows', async () => {
  const logins = [randomLogin(sfc32(8, 0))]
  await writeBatch(sql(), 1, 0, logins)
  await rollUpSightings(sql())
  await rollAll(sql())
  const counts = await inOneSnapshot(sql(), async (session) => {
    await session.sql`select from login`
    await listAll()
    return await readDistinctInRows(session, ['user'], whole, anything)
  })
  expect(counts).toEqual(new Map([['user', 1n]]))
  expect(await unindexed()).toBe(0)
})

test('six hours have everybody, however many were there before', async () => {
  const random = sfc32(11, 0)
  const logins = Array.from({ length: 130 }, (_, i): SeenLogin => ({
    ...randomLogin(random),
    ...{ userId: `user ${i % 100}`, deviceId: `device ${i % 70}`, ip: `192.0.2.${i % 60}` },
    eventTimeMs: START_MS + (i % 6) * 3_600_000,
  }))
  for (const [batch, end] of [40, 66, 90, 130].entries()) {
    await writeBatch(sql(), batch, 0, logins.slice([0, 40, 66, 90][batch], end))
    await rollUpSightings(sql())
    await rollAll(sql())
    await listAll()
    expect(await compareIndexed(sql())).toEqual([])
    expect(await inRows(whole)).toEqual(expected(logins.slice(0, end), whole))
  }
})

test('each batch is indexed once, by one at a time: whoever comes meanwhile leaves it', async () => {
  const random = sfc32(9, 0)
  const logins = Array.from({ length: 20 }, () => randomLogin(random))
  for (const [place, login] of logins.entries()) await writeBatch(sql(), place, 0, [login])
  await rollUpSightings(sql())
  await rollAll(sql())
  await sql().begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('list logins'))`
    expect(await indexLogins(sql())).toBe(false)
  })
  expect(await unindexed()).toBe(20)
  await Promise.all([1, 2, 3, 4].map(() => indexLogins(sql())))
  const [indexed] = await sql()`
    select sum(length(minutes))::integer as logins, sum(length(users))::integer as bytes from hour_login`
  expect(indexed).toEqual({ logins: 20, bytes: 80 })
})

test('hours go with the rows of their day', async () => {
  const random = sfc32(10, 0)
  const nowMs = Date.now()
  await createLoginDays(sql(), nowMs, 3)
  const ago = (days: number): SeenLogin => ({
    ...randomLogin(random),
    eventTimeMs: (dayOf(nowMs) - days) * DAY_MS + 1_000,
  })
  await writeBatch(sql(), 1, 0, [ago(3), ago(2), ago(1)])
  await rollUpSightings(sql())
  await rollAll(sql())
  await listAll()
  const days = async () => {
    const rows = await sql()<{ ago: number }[]>`
      select distinct ${dayOf(nowMs)}::integer - (hour::date - date '1970-01-01') as ago from hour_login order by 1`
    const members = await sql()`
      select distinct ${dayOf(nowMs)}::integer - (hour::date - date '1970-01-01') as ago from hour_member order by 1`
    expect(members).toEqual(rows)
    const sixHours = await sql()`
      select distinct ${dayOf(nowMs)}::integer - (start::date - date '1970-01-01') as ago from six_hour_member order by 1`
    expect(sixHours).toEqual(rows)
    return rows.map((row) => row.ago)
  }
  expect(await days()).toEqual([1, 2, 3])
  await applyRetention(sql(), { loginDays: 2, minuteDays: 0 })
  expect(await days()).toEqual([1, 2])
  await applyRetention(sql(), { loginDays: 0, minuteDays: 0 })
  expect(await days()).toEqual([])
})
