import { expect, test } from 'vitest'
import type { SetFilter } from '../../db/read/counts/set-filter.ts'
import type { SetFacet } from '../../db/read/engagement/set-facets.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { DAY_MS, dayOf } from '../../domain/time/period.ts'
import { attemptChoices } from '../../domain/sightings/attempts.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import {
  anyAttempt,
  countListed,
  END_MS,
  expectedCount,
  inOneSnapshot,
  randomAttempts,
  randomFilter,
  randomLogin,
  randomRange,
  rollAll,
  START_MS,
  writeBatch,
} from '../support/api/indexed-world.ts'
import { seed } from '../support/seed.ts'
import { compareIndexed } from '../support/truth/compare-indexed.ts'
import { expected, useIndexedLogins, whole } from '../support/api/use-indexed-logins.ts'

const { sql, indexAll, inLists, unindexed } = useIndexedLogins()

/** A random number of times. */
async function often(times: number, work: () => Promise<unknown>): Promise<void> {
  for (; times > 0; times--) await work()
}

test.each([seed, seed + 1])(
  'who was active in any minutes, of any values, is exact however much is rolled up and indexed, and whatever came late (seed %i)',
  async (own) => {
    const random = sfc32(own, 0)
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
        const unfiltered = { ...anyAttempt, attempts: randomAttempts(random) }
        const [range, filter] = [randomRange(random), i % 3 === 0 ? unfiltered : randomFilter(random)]
        expect(await inLists(range, filter)).toEqual(expected(logins, range, filter))
      }
      expect(await compareIndexed(sql())).toEqual([])
    }
    await rollUpSightings(sql())
    const facets = attemptChoices.flatMap((attempts): [SetFacet, SetFilter][] => [
      [
        { facet: 'all', values: [''], attempts },
        { ...anyAttempt, attempts },
      ],
      [
        { facet: 'locale', values: ['CA', 'NY'], attempts },
        { ...anyAttempt, attempts, locales: ['CA', 'NY'] },
      ],
    ])
    // A whole day between parts of two others.
    const range = { fromMs: START_MS + next(1_440) * 60_000, toMs: END_MS - next(1_440) * 60_000 }
    for (const [facet, filter] of facets) {
      const found = await inOneSnapshot(sql(), (session) =>
        countListed(session, 'user', range, filter, facet),
      )
      expect(found).toBe(expectedCount(logins, 'user', [range], filter))
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
  expect(await inLists(whole)).toEqual([1, 1, 1])
  const minute = { fromMs: Math.floor(login.eventTimeMs / 60_000) * 60_000, toMs: 0 }
  minute.toMs = minute.fromMs + 60_000
  expect(await inLists(minute)).toEqual([1, 1, 1])
  expect(await inLists({ fromMs: minute.toMs, toMs: minute.toMs + 60_000 })).toEqual([0, 0, 0])
})

test('hours outlive the rows of their day, and go at their bound', async () => {
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
  const expectAges = async (ages: number[]) => {
    for (const table of ['hour_login', 'hour_member']) {
      const rows = await sql()<{ ago: number }[]>`
        select distinct ${dayOf(nowMs)}::integer - (hour::date - date '1970-01-01') as ago from ${sql()(table)} order by 1`
      expect(rows.map(({ ago }) => ago)).toEqual(ages)
    }
  }
  await expectAges([1, 2, 3])
  await applyRetention(sql(), { loginDays: 1, setDays: 3, minuteDays: 0 })
  await expectAges([1, 2, 3])
  await applyRetention(sql(), { loginDays: 1, setDays: 2, minuteDays: 0 })
  await expectAges([1, 2])
  await applyRetention(sql(), { loginDays: 1, setDays: 0, minuteDays: 0 })
  await expectAges([])
})
