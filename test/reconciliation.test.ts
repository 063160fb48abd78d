import { expect, inject, onTestFinished, test } from 'vitest'
import type { Sql, Transaction } from '../db/connect.ts'
import { foldCounts } from '../db/fold-counts.ts'
import { raiseCount } from './raise-count.ts'
import { reconcile } from '../db/read/reconciliation.ts'
import type { DifferenceKind } from '../domain/reconciliation.ts'
import { createApi, createDatabase } from './api-fixture.ts'
import { insertBatches, insertCheckpoint, insertDelta, insertReject } from './api-rows.ts'
import { createDeployment } from './deployment.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'

type Reconciliation = {
  agrees: boolean
  batches: number
  expiredBatches: number
  partitions: Record<string, unknown>[]
  differences: object[]
}

/** Asks the API of a database for its reconciliation. */
function reconciliationOf(url: string, topic: string) {
  const api = createApi({ url, replicaUrls: [] })
  onTestFinished(() => api.router.close())
  return async (args = ''): Promise<Reconciliation> => {
    const { data, errors } = await api.ask(`{ reconciliation(topic: "${topic}" ${args}) {
      ... on Reconciliation { agrees batches expiredBatches
        partitions { partition incarnation fromOffset toOffset offsets logins rejects rejectsByReason { reason rejects }
                     redriven gaps parked skipped ledger { checkpoint ledgerEnd equal } }
        differences { kind partition subject expected found } }
      ... on Error { message } } }`)
    expect(errors).toBeUndefined()
    return data?.reconciliation as Reconciliation
  }
}

type Breakage = { what: string; broken: (sql: Transaction) => Promise<unknown>; kinds: DifferenceKind[] }

const breakages: Breakage[] = [
  {
    what: 'a count of a minute raised by 1',
    broken: (sql) => raiseCount(sql, 'minute_count', 15, 1),
    kinds: ['grouped_count', 'hour_count', 'minute_count'],
  },
  {
    what: 'a count of an hour lowered by 1',
    broken: (sql) => raiseCount(sql, 'hour_count', 15, -1),
    kinds: ['grouped_count', 'hour_count'],
  },
  {
    what: 'a count of an hour by version alone raised by 1',
    broken: (sql) => raiseCount(sql, 'hour_count', 2, 1),
    kinds: ['grouped_count'],
  },
  {
    what: 'a delta deleted',
    broken: (sql) => sql`delete from login_count_delta
      where batch_id = (select id from batch order by logins desc limit 1)`,
    kinds: ['batch_logins', 'minute_count'],
  },
  {
    what: 'a login row deleted',
    broken: (sql) => sql`delete from login where (kafka_partition, kafka_offset) =
      (select kafka_partition, kafka_offset from login order by 1, 2 limit 1)`,
    kinds: ['batch_login_rows'],
  },
  {
    what: 'a rejected record deleted',
    broken: (sql) => sql`delete from rejected_login where (batch_id, kafka_offset) =
      (select batch_id, kafka_offset from rejected_login order by 1, 2 limit 1)`,
    kinds: ['batch_rejects'],
  },
  {
    what: 'a checkpoint that counted one login more',
    broken: (sql) => sql`update partition_checkpoint set logins = logins + 1 where partition = 0`,
    kinds: ['checkpoint_logins'],
  },
  {
    what: 'a checkpoint moved ahead',
    broken: (sql) => sql`update partition_checkpoint set next_offset = next_offset + 1 where partition = 0`,
    kinds: ['checkpoint_offset'],
  },
  {
    what: 'a hole in the ledger',
    broken: (sql) => sql`update batch set to_offset = to_offset - 1, logins = logins - 1
      where id = (select id from batch where partition = 0 and logins > 1 order by from_offset limit 1)`,
    kinds: ['batch_logins', 'checkpoint_logins', 'ledger_hole'],
  },
]

const everything = { partitions: null, fromOffset: null, toOffset: null, committed: { from: null, to: null } }

class RolledBack extends Error {}

/** Kinds of differences once `broken` is done, which is undone then. */
async function kindsWhen(sql: Sql, topic: string, broken: Breakage['broken']): Promise<DifferenceKind[]> {
  const kinds = new Set<DifferenceKind>()
  const trial = sql.begin(async (tx) => {
    await broken(tx)
    const found = await reconcile((query) => query({ sql: tx }), topic, everything, 1_000)
    if (found !== 'too_many_batches') for (const { kind } of found.differences) kinds.add(kind)
    throw new RolledBack()
  })
  await expect(trial).rejects.toThrow(RolledBack)
  return [...kinds].sort()
}

test('what ingestion wrote agrees with itself, and whatever is broken in it is found', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2', BATCH_MAX_RECORDS: '40' })
  const { sql, config } = deployment
  const { topic } = config.kafka
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.garbage()
  await feed.logins(300)
  await expectExact(deployment, feed.truth)
  await worker.kill()
  const ask = reconciliationOf(config.database.url, topic)
  const unfolded = await ask()
  await foldCounts(sql, topic)
  const healthy = await ask()
  expect(healthy).toMatchObject({ agrees: true, differences: [] })
  expect(unfolded).toEqual(healthy)
  const { sent, logins, rejects } = feed.truth.totals()
  const total = (field: string) => healthy.partitions.reduce((sum, one) => sum + Number(one[field]), 0)
  expect([total('offsets'), total('logins'), total('rejects')]).toEqual([sent, logins, rejects])
  expect(healthy.partitions.map(({ ledger }) => ledger)).toMatchObject([{ equal: true }, { equal: true }])
  for (const { what, broken, kinds } of breakages)
    expect(await kindsWhen(sql, topic, broken), what).toEqual(kinds)
})

const MINUTE = '2026-03-01T12:00:00Z'

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
  await foldCounts(sql, 'user-login')
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
  expect(found.differences).toEqual([])
  expect(found.partitions).toMatchObject([
    {
      ...{
        incarnation: 0,
        fromOffset: '0',
        toOffset: '50',
        offsets: 50,
        logins: 27,
        rejects: 2,
        redriven: 1,
      },
      ...{ gaps: 1, parked: 10, skipped: 10, ledger: null },
      rejectsByReason: [
        { reason: 'EMPTY', rejects: 1 },
        { reason: 'NOT_JSON', rejects: 1 },
      ],
    },
    { incarnation: 1, offsets: 5, logins: 5, ledger: { checkpoint: '5', ledgerEnd: '5', equal: true } },
  ])
  // No day of March 2026 is kept: the rows of one batch are past comparing.
  expect(found.expiredBatches).toBe(1)
  const range = await ask(', fromOffset: 12, toOffset: 21')
  expect(range.partitions).toMatchObject([{ fromOffset: '10', toOffset: '30', parked: 10, logins: 10 }])
  const time = await ask(', committed: { from: "2026-03-01T12:01:00Z" }')
  expect(time).toMatchObject({ agrees: true, batches: 1, partitions: [{ incarnation: 1 }] })
  const kinds = (broken: Breakage['broken']) => kindsWhen(sql, 'user-login', broken)
  expect(await kinds((tx) => tx`delete from batch where id = 2`)).toEqual(['ledger_hole'])
  expect(await kinds((tx) => tx`update login_count_delta set logins = array[20] where batch_id = 3`)).toEqual(
    ['batch_logins', 'minute_count'],
  )
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
  const ask = reconciliationOf(database.urlOn(url), 'user-login')
  expect(await ask()).toEqual({
    message: expect.stringMatching(/cap of 5000 batches.*fewer offsets/) as string,
  })
  expect(await ask(', fromOffset: 9, toOffset: 9')).toEqual({
    message: expect.stringMatching(/from must be before to/) as string,
  })
  expect(await ask(', fromOffset: 1')).toMatchObject({ batches: 5_000, agrees: false })
})
