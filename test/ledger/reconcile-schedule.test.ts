import { expect, test } from 'vitest'
import { reconcileRecent } from '../../activities/reconcile.ts'
import { reconcileTopicId } from '../../workflows/contract.ts'
import { insertBatches, insertCheckpoint } from '../support/api/api-rows.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { type Graphql, graphqlOf } from '../support/api/graphql-client.ts'
import { raiseCount } from '../support/ledger/raise-count.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

type Rows<Node> = { edges: { node: Node }[] }
type Run = { batchCount: number; discrepancyCount: number; newDiscrepancyCount: number }
type Discrepancy = {
  kind: string
  subject: string
  clearedAt: string | null
  detail: Record<string, unknown>
}

const nodes = <Node>(connection: unknown): Node[] => (connection as Rows<Node>).edges.map(({ node }) => node)

async function askRuns(ask: Graphql): Promise<Run[]> {
  const { reconciliationRuns } = await ask(`{ reconciliationRuns {
    edges { node { batchCount discrepancyCount newDiscrepancyCount } } } }`)
  return nodes(reconciliationRuns)
}

async function askDiscrepancies(ask: Graphql, filter = ''): Promise<Discrepancy[]> {
  const { discrepancies } = await ask(`{ discrepancies(filter: { ${filter} }) {
    edges { node { kind subject clearedAt detail } } } }`)
  return nodes(discrepancies)
}

const raiseHour = ({ sql }: Deployment, by: number) => raiseCount(sql, 'hour_count', 0, by)

// Runs are triggered by the test, and by nothing else.
const never = { RECONCILE_EVERY_MINUTES: '1440' }

test('a difference is a discrepancy and a line of the log, once for as long as it lasts', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', ...never })
  const client = await temporalClient(deployment)
  const worker = deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  const feed = createFeed(deployment)
  await feed.logins(50)
  await expectExact(deployment, feed.truth)
  const schedule = client.schedule.getHandle(reconcileTopicId(deployment.config.kafka.topic))
  const nextRun = async () => {
    const before = (await askRuns(ask)).length
    // A run that still ends, perhaps unseen, would have the next one skipped: that waits for it.
    await eventually(async () => {
      expect((await schedule.describe()).info.runningActions).toEqual([])
    })
    await schedule.trigger('BUFFER_ONE')
    return await eventually(async () => {
      const runs = await askRuns(ask)
      expect(runs.length).toBeGreaterThan(before)
      return runs[0]
    })
  }
  const lines = () => worker.log().filter(({ message }) => /found a difference: hour /.test(String(message)))
  expect(await nextRun()).toMatchObject({ discrepancyCount: 0, newDiscrepancyCount: 0 })
  await raiseHour(deployment, 1)
  expect(await nextRun()).toMatchObject({ discrepancyCount: 1, newDiscrepancyCount: 1 })
  expect(await askDiscrepancies(ask, 'isOpen: true')).toMatchObject([
    { kind: 'GROUPED_COUNT', clearedAt: null },
  ])
  await eventually(() => {
    expect(lines()).toHaveLength(1)
  })
  expect(await nextRun()).toMatchObject({ discrepancyCount: 1, newDiscrepancyCount: 0 })
  expect(await askDiscrepancies(ask)).toHaveLength(1)
  await raiseHour(deployment, -1)
  expect(await nextRun()).toMatchObject({ discrepancyCount: 0, newDiscrepancyCount: 0 })
  expect(await askDiscrepancies(ask, 'isOpen: true')).toEqual([])
  await raiseHour(deployment, 1)
  expect(await nextRun()).toMatchObject({ discrepancyCount: 1, newDiscrepancyCount: 1 })
  expect(await askDiscrepancies(ask)).toHaveLength(2)
  await eventually(() => {
    expect(lines()).toHaveLength(2)
  })
})

test('a worker makes the schedule what its configuration says, and takes it away', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { schedule } = await temporalClient(deployment)
  const handle = schedule.getHandle(reconcileTopicId(deployment.config.kafka.topic))
  const minutes = async () => {
    const { spec } = await handle.describe()
    return spec.intervals?.map(({ every }: { every: number }) => every / 60_000)
  }
  const first = deployment.start('worker/main.ts', { RECONCILE_EVERY_MINUTES: '7' })
  await eventually(async () => {
    expect(await minutes()).toEqual([7])
  })
  await first.kill()
  await handle.pause('an operator looks')
  const second = deployment.start('worker/main.ts')
  await eventually(async () => {
    expect(await minutes()).toEqual([5])
  })
  expect((await handle.describe()).state.paused).toBe(true)
  await second.kill()
  deployment.start('worker/main.ts', { RECONCILE_EVERY_MINUTES: '0' })
  await eventually(async () => {
    await expect(handle.describe()).rejects.toThrow(/not found/i)
  })
})

test('an attempt that is repeated leaves one run and says the same again', async () => {
  const { sql } = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await sql`
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows, processed_at,
                       code_version)
    select n, 'user-login', 0, n, n + 1, 'committed', 1, 0, 0, 0, now(), 'test' from generate_series(1, 1200) as n`
  const attempt = () => reconcileRecent(sql, { topic: 'user-login', runId: 'one' }, () => undefined)
  const first = await attempt()
  // Each batch of this ledger says one login, and none has a delta.
  expect(first).toMatchObject({ batches: 1_200, differences: 1_200, raised: 1_200, open: 1_200 })
  expect(first.lines[0]).toBe('batch 1: logins differ from the deltas: expected 1, found 0')
  expect(await attempt()).toEqual(first)
  const [runs] = await sql`select count(*)::integer as runs from reconciliation_run`
  expect(runs).toEqual({ runs: 1 })
})

test('each run adds up the whole ledger: a checkpoint that counted more is a discrepancy, however old its batches', async () => {
  const { sql } = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await insertBatches(sql, [
    { id: 1, from: 0, to: 10, logins: 0, rejects: 0, gaps: 10, committedAt: '2026-03-01T12:00:00Z' },
  ])
  await insertCheckpoint(sql, 0, 10, null)
  await sql`update partition_checkpoint set logins = 0`
  const run = (runId: string) => reconcileRecent(sql, { topic: 'user-login', runId }, () => undefined)
  expect(await run('first')).toMatchObject({ batches: 1, differences: 0 })
  await sql`update partition_checkpoint set logins = 1, rejects = 2`
  expect((await run('second')).lines).toEqual([
    'checkpoint of partition 0: its logins differ from the ledger: expected 0, found 1',
    'checkpoint of partition 0: its rejects differ from the ledger: expected 0, found 2',
  ])
  await sql`update partition_checkpoint set logins = 0, rejects = 0`
  expect(await run('third')).toMatchObject({ batches: 0, differences: 0, open: 0 })
})
