import { expect, inject, onTestFinished, test } from 'vitest'
import type { Sql } from '../../db/connection/connect.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { createDatabase, refusalIn } from '../support/api/api-fixture.ts'
import { insertBatches, insertCheckpoint, insertDelta, insertReject } from '../support/api/api-rows.ts'
import { raiseCount } from '../support/ledger/raise-count.ts'
import {
  answersOf,
  type Break,
  differencesWhen,
  everything,
  kindsWhen,
  reconciliationOf,
} from '../support/ledger/reconciliation-fixture.ts'

const MINUTE = '2026-03-01T12:07:00Z'

/** Every shape that the ledger knows: committed, parked, replayed, redriven, skipped, and a log anew. */
async function insertEveryShape(sql: Sql): Promise<void> {
  const committedAt = '2026-03-01T12:00:01Z'
  await insertBatches(sql, [
    {
      id: 1,
      from: 0,
      to: 10,
      logins: 8,
      rejects: 1,
      gaps: 1,
      loginRows: 8,
      firstEventAt: MINUTE,
      committedAt,
    },
    { id: 2, from: 10, to: 20, logins: 0, status: 'parked', committedAt },
    { id: 3, from: 20, to: 30, status: 'replayed', revision: 1, committedAt },
    { id: 4, from: 30, to: 40, logins: 9, rejects: 1, revision: 1, committedAt },
    { id: 5, from: 40, to: 50, logins: 0, status: 'skipped', committedAt },
    { id: 6, incarnation: 1, from: 0, to: 5, committedAt: '2026-03-01T12:01:00Z' },
  ])
  await insertDelta(sql, 1, [MINUTE], [8])
  await insertDelta(sql, 3, [MINUTE], [10], { revision: 1 })
  await insertDelta(sql, 4, [MINUTE], [8])
  await insertDelta(sql, 4, [MINUTE], [1], { revision: 1 })
  await rollUpCounts(sql, 'user-login')
  await insertDelta(sql, 6, [MINUTE], [5])
  await insertReject(sql, 1, 9)
  await insertReject(sql, 4, 30, { reason: 'empty' })
  await insertReject(sql, 4, 31, { redrivenIn: 1 })
  await insertCheckpoint(sql, 0, 5, MINUTE)
  await sql`update partition_checkpoint set incarnation = 1, logins = 32, rejects = 2`
}

test('parked, replayed, redriven and skipped batches are accounted for, each log by itself', async () => {
  const url = inject('databaseUrl')
  const database = await createDatabase(url)
  const { sql } = database
  onTestFinished(database.drop)
  await insertEveryShape(sql)
  const ask = reconciliationOf(database.urlOn(url), 'user-login')
  const found = await ask()
  expect(found).toMatchObject({ discrepancies: [], hasComparedTotals: true })
  expect(found.partitions).toMatchObject([
    {
      ...{
        incarnation: 0,
        fromOffset: '0',
        toOffset: '50',
        offsets: 50,
        attempts: 27,
        rejects: 2,
        redrivenAttempts: 1,
      },
      ...{ gaps: 1, parkedOffsets: 10, skippedOffsets: 10, ledger: null },
      rejectsByReason: [
        { reason: 'EMPTY', rejects: 1 },
        { reason: 'NOT_JSON', rejects: 1 },
      ],
    },
    { incarnation: 1, offsets: 5, attempts: 5, ledger: { checkpoint: '5', ledgerEnd: '5', isEqual: true } },
  ])
  // No day of March 2026 is kept: the rows of one batch are past comparing.
  expect(found.expiredBatchCount).toBe(1)
  const range = await ask(', fromOffset: 12, toOffset: 21')
  expect(range.partitions).toMatchObject([
    { fromOffset: '10', toOffset: '30', parkedOffsets: 10, attempts: 10 },
  ])
  const time = await ask(', committedAt: { from: "2026-03-01T12:01:00Z" }')
  expect(time).toMatchObject({ isConsistent: true, batchCount: 1, partitions: [{ incarnation: 1 }] })
  const kinds = (broken: Break) => kindsWhen(sql, 'user-login', broken)
  expect(await kinds((tx) => tx`delete from batch where id = 2`)).toEqual(['ledger_hole'])
  expect(await kinds((tx) => tx`update login_count_delta set logins = array[20] where batch_id = 3`)).toEqual(
    ['batch_logins', 'minute_count'],
  )
})

test('a count that differs is named by its bucket, its values and both numbers', async () => {
  const database = await createDatabase(inject('databaseUrl'))
  const { sql } = database
  onTestFinished(database.drop)
  await insertEveryShape(sql)
  await rollUpCounts(sql, 'user-login')
  const found = await differencesWhen(sql, 'user-login', async (tx) => {
    await raiseCount(tx, 'minute_count', 9, 1)
    await raiseCount(tx, 'hour_count', 0, -2)
  })
  const count = { bucket: new Date(MINUTE), appVersion: null, locale: null }
  expect(found).toMatchObject([
    {
      subject: 'minute 2026-03-01T12:07:00.000Z ["iOS",null,null,"unknown"]',
      count: { ...count, size: 'minute', deviceType: 'iOS', outcome: 'unknown' },
      expected: 32n,
      found: 33n,
    },
    {
      subject: 'hour 2026-03-01T12:00:00.000Z [null,null,null,null]',
      count: { bucket: new Date('2026-03-01T12:00:00Z'), size: 'hour', deviceType: null, outcome: null },
      expected: 32n,
      found: 30n,
    },
  ])
})

test('totals of checkpoints are compared where all batches are, what an hour touches wherever it is asked for', async () => {
  const url = inject('databaseUrl')
  const database = await createDatabase(url)
  const { sql } = database
  onTestFinished(database.drop)
  await insertEveryShape(sql)
  const committed = { from: new Date('2026-03-01T12:01:00Z'), to: null }
  const kinds = (broken: Break, selection: object) =>
    kindsWhen(sql, 'user-login', broken, { ...everything, ...selection })
  const raiseTotal: Break = (tx) => tx`update partition_checkpoint set logins = logins + 1`
  const parts = [{ committed }, { fromOffset: 40n }, { toOffset: 5n }]
  for (const part of parts) expect(await kinds(raiseTotal, part)).toEqual([])
  for (const whole of [{}, { partitions: [0] }])
    expect(await kinds(raiseTotal, whole)).toEqual(['checkpoint_logins'])
  const moveAhead: Break = (tx) => tx`update partition_checkpoint set next_offset = next_offset + 1`
  for (const part of parts) expect(await kinds(moveAhead, part)).toEqual(['checkpoint_offset'])
  const ask = reconciliationOf(database.urlOn(url), 'user-login')
  expect(await ask(', committedAt: { from: "2026-03-01T12:01:00Z" }')).toMatchObject({
    hasComparedTotals: false,
  })
})

test('a range of too many batches is refused with the cap and how to ask instead', async () => {
  const url = inject('databaseUrl')
  const database = await createDatabase(url)
  onTestFinished(database.drop)
  await insertCheckpoint(database.sql, 0, 5_001, null)
  await database.sql`
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows, processed_at,
                       code_version)
    select n, 'user-login', 0, n, n + 1, 'committed', 1, 0, 0, 0, now(), 'test' from generate_series(0, 5000) as n`
  const ask = answersOf(database.urlOn(url), 'user-login')
  expect(refusalIn((await ask(', fromOffset: 0')).errors)).toEqual({
    ...{ code: 'ANSWER_TOO_LARGE', cap: 5_000 },
    message: expect.stringMatching(/cap of 5000 batches.*fewer offsets/) as string,
  })
  expect(refusalIn((await ask(', fromOffset: 9, toOffset: 9')).errors)).toEqual({
    ...{ code: 'INVALID_RANGE', argument: 'fromOffset' },
    message: expect.stringMatching(/from must be before to/) as string,
  })
  expect((await ask(', fromOffset: 1')).data?.reconciliation).toMatchObject({
    batchCount: 5_000,
    isConsistent: false,
  })
})
