import { expect, test } from 'vitest'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { sfc32 } from '../../generator/sfc32.ts'
import {
  anyAttempt,
  countListed,
  inOneSnapshot,
  randomLogin,
  rollAll,
  writeBatch,
} from '../support/api/indexed-world.ts'
import { compareIndexed } from '../support/truth/compare-indexed.ts'
import { expected, useIndexedLogins, whole } from '../support/api/use-indexed-logins.ts'

const { sql, indexAll, inLists, unindexed } = useIndexedLogins()

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
  await indexAll()
  expect(await sql()`select batch_id::integer from unindexed_batch order by 1`).toEqual([
    { batch_id: 3 },
    { batch_id: 9 },
  ])
  expect(await compareIndexed(sql())).toEqual([])
  expect(await inLists(whole)).toEqual(expected([known, unknown], whole))
  await rollUpSightings(sql())
  await indexAll()
  expect(await unindexed()).toBe(0)
  expect(await inLists(whole)).toEqual(expected([known, unknown], whole))
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
      await indexAll()
      expect(await inLists(whole)).toEqual(expected([...first, ...second], whole))
    },
  })
  expect(await inLists(whole)).toEqual(expected(logins, whole))
  expect(await compareIndexed(sql())).toEqual([])
  await rollUpSightings(sql())
  await rollAll(sql())
  expect(await unindexed()).toBe(1)
  await indexAll()
  expect(await inLists(whole)).toEqual(expected(logins, whole))
  expect(await compareIndexed(sql())).toEqual([])
})

test('a question that began before a batch was indexed is answered from its rows', async () => {
  const logins = [randomLogin(sfc32(8, 0))]
  await writeBatch(sql(), 1, 0, logins)
  await rollUpSightings(sql())
  await rollAll(sql())
  const users = await inOneSnapshot(sql(), async (session) => {
    await session.sql`select from login`
    await indexAll()
    return await countListed(session, 'user', whole, anyAttempt)
  })
  expect(users).toBe(1)
  expect(await unindexed()).toBe(0)
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
