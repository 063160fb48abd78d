import { expect, test } from 'vitest'
import type { EngagementFacet } from '../../db/read/engagement/engagement.ts'
import { anyLogin, type CountFilter } from '../../db/read/counts/count-filter.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { readDistinctWithEdges } from '../../db/read/engagement/uniques.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import {
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
import { expected, useIndexedLogins, whole } from '../support/api/use-indexed-logins.ts'

const { sql, indexAll, inRows, unindexed } = useIndexedLogins()

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
        await indexAll()
        expect(await unindexed()).toBe(0)
      }
      for (let i = 0; i < 12; i++) {
        const [range, filter] = [randomRange(random), i % 3 === 0 ? anyLogin : randomFilter(random)]
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
      [{ facet: 'all', values: [''] }, anyLogin],
      [
        { facet: 'locale', values: ['CA', 'NY'] },
        { ...anyLogin, locales: ['CA', 'NY'] },
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

test('what is indexed is what answers: rows are not read again', async () => {
  const login = randomLogin(sfc32(6, 0))
  await writeBatch(sql(), 1, 0, [login])
  await rollUpSightings(sql())
  await rollAll(sql())
  await indexAll()
  await sql()`truncate login`
  expect(await inRows(whole)).toEqual([1n, 1n, 1n])
  const minute = { fromMs: Math.floor(login.eventTimeMs / 60_000) * 60_000, toMs: 0 }
  minute.toMs = minute.fromMs + 60_000
  expect(await inRows(minute)).toEqual([1n, 1n, 1n])
  expect(await inRows({ fromMs: minute.toMs, toMs: minute.toMs + 60_000 })).toEqual([0n, 0n, 0n])
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
    await indexAll()
    expect(await compareIndexed(sql())).toEqual([])
    expect(await inRows(whole)).toEqual(expected(logins.slice(0, end), whole))
  }
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
  await indexAll()
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
