import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { migrationFolder } from '../../db/schema/schema-version.ts'
import { sfc32 } from '../../generator/sfc32.ts'
import { randomLogin, rollAll, writeBatch } from '../support/api/indexed-world.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { useIndexedLogins } from '../support/api/use-indexed-logins.ts'
import { compareIndexed } from '../support/truth/compare-indexed.ts'

const { sql, indexAll, unindexed } = useIndexedLogins()

async function migrateAgain(): Promise<void> {
  const statements = await readFile(new URL('0113_logins_listed_once.sql', migrationFolder), 'utf8')
  // Migration 0115 took away a table that this one empties.
  await sql().unsafe(`create table six_hour_chunk (); ${statements}; drop table six_hour_chunk`)
}

async function listAll(batches: readonly [id: number, revision: number, logins: SeenLogin[]][]) {
  for (const [id, revision, logins] of batches) await writeBatch(sql(), id, revision, logins)
  await rollUpSightings(sql())
  await rollAll(sql())
  await indexAll()
}

const some = (seed: number) => {
  const random = sfc32(seed, 30)
  return Array.from({ length: 20 }, () => randomLogin(random))
}

test('lists of before that have logins of redriven batches twice are made anew, what waits included', async () => {
  await listAll([
    [1, 0, some(1)],
    [1, 1, some(2)],
    [2, 0, some(3)],
  ])
  // As each redrive left it.
  await sql()`update hour_login set minutes = minutes || minutes, users = users || users, devices = devices || devices,
                                    addresses = addresses || addresses`
  expect((await compareIndexed(sql())).length).toBeGreaterThan(0)
  await writeBatch(sql(), 2, 1, some(4))
  await migrateAgain()
  await rollUpSightings(sql())
  await rollAll(sql())
  await indexAll()
  expect(await compareIndexed(sql())).toEqual([])
})

test('lists of before without redrives stay as they are', async () => {
  await listAll([[1, 0, some(1)]])
  await migrateAgain()
  expect(await unindexed()).toBe(0)
  expect(await compareIndexed(sql())).toEqual([])
})
