import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { replayBatchId, replayUpdate, skipUpdate } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { batchesOf, untilParked, type LedgerRow } from '../support/ledger/ledger.ts'
import { damageRecordBatch } from '../support/kafka/damage-record-batch.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

test('a login that the database refuses is parked alone, the rest is counted, and a replay counts it once the cause is mended', async () => {
  const { deployment, feed } = await refusing()
  await feed.logins(300)
  await feed.loginOf('refused-1')
  await feed.logins(300)
  await feed.loginOf('refused-2')
  await feed.logins(10)
  deployment.start('worker/main.ts')
  const parked = await untilParked(deployment, 2)
  for (const { from, to, error } of parked) {
    expect(to - from).toBe(1)
    expect(error).toMatch(/Postgres: .*refuses_users/)
  }
  expect(await logins(deployment)).toBe(610)

  const handles = await workflowsOf(deployment, parked)
  await expect(handles[0]?.executeUpdate(replayUpdate, { args: ['too early'] })).rejects.toThrow()
  await deployment.sql`alter table login drop constraint refuses_users`
  for (const handle of handles)
    expect(await handle.executeUpdate(replayUpdate, { args: ['mended'] })).toEqual({
      outcome: 'replayed',
      logins: 1,
      rejects: 0,
    })
  await expectExact(deployment, feed.truth)
  expect(await batchesOf(deployment, 'replayed')).toMatchObject([{ revision: 1 }, { revision: 1 }])
})

test('a defect in processing parks what brings it to light; the workflow is one per range and tries again by itself when reset', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-defect-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const defect = join(folder, 'defect')
  writeFileSync(defect, '')
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  deployment.start('test/support/deployment/worker-that-throws.ts', {
    DEFECT_FILE: defect,
    DEFECT_VALUE: 'trips-the-defect',
  })
  await feed.logins(100)
  await feed.loginOf('trips-the-defect')
  await feed.logins(100)
  const [parked] = await untilParked(deployment, 1)
  expect(parked?.error).toMatch(/Rollcall: TypeError: cannot read properties of a defect/)
  const [handle] = await workflowsOf(deployment, parked === undefined ? [] : [parked])
  rmSync(defect)
  // As the Web UI's Reset to the first workflow task does.
  const client = await temporalClient(deployment)
  const { config } = deployment
  await eventually(async () => {
    expect((await handle?.describe())?.raw.pendingActivities).toEqual([])
  })
  const firstTask = (await handle?.fetchHistory())?.events?.find(
    ({ workflowTaskStartedEventAttributes: started }) => started !== null && started !== undefined,
  )
  await client.workflowService.resetWorkflowExecution({
    namespace: config.temporal.namespace,
    workflowExecution: { workflowId: handle?.workflowId ?? '' },
    requestId: 'reset',
    reason: 'the defect is mended',
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
  })
  expect(await handle?.result()).toMatchObject({ outcome: 'replayed' })
  await expectExact(deployment, feed.truth)
})

test('a record batch that is damaged on disk is parked as a whole; the ones around it are counted, and it is replayed once restored', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  // Three record batches.
  for (let i = 0; i < 3; i++) await feed.logins(20)
  const restore = damageRecordBatch(deployment.config.kafka.topic, 1)
  deployment.start('worker/main.ts')
  const [parked] = await untilParked(deployment, 1)
  expect(parked).toMatchObject({ from: 20, to: 40, error: expect.stringMatching(/fails its CRC/) as string })
  expect(await logins(deployment)).toBe(40)
  restore()
  const [handle] = await workflowsOf(deployment, parked === undefined ? [] : [parked])
  await handle?.executeUpdate(replayUpdate, { args: ['restored from a backup'] })
  await expectExact(deployment, feed.truth)
})

test('a skipped batch is given up with its reason, stays in the ledger, and no replay counts it', async () => {
  const { deployment, feed } = await refusing()
  await feed.logins(20)
  deployment.start('worker/main.ts')
  await feed.loginOf('refused-1')
  const [parked] = await untilParked(deployment, 1)
  const [handle] = await workflowsOf(deployment, parked === undefined ? [] : [parked])
  await expect(handle?.executeUpdate(skipUpdate, { args: ['  '] })).rejects.toThrow()
  expect(await handle?.executeUpdate(skipUpdate, { args: ['a test account'] })).toMatchObject({
    outcome: 'skipped',
  })
  expect(await batchesOf(deployment, 'skipped')).toMatchObject([
    { from: parked?.from, error: expect.stringMatching(/skipped: a test account$/) as string },
  ])
  await deployment.sql`alter table login drop constraint refuses_users`
  expect(await handle?.result()).toMatchObject({ outcome: 'skipped' })
  expect(await logins(deployment)).toBe(20)
  const audit = await deployment.sql`select command, result, reason from control_event order by id`
  expect([...audit]).toEqual([
    { command: 'skip', result: 'refused', reason: '  ' },
    { command: 'skip', result: 'done', reason: 'a test account' },
  ])
})

/** A deployment whose database refuses users named refused-…. */
async function refusing() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', BATCH_MAX_RECORDS: '100' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  return { deployment, feed: createFeed(deployment) }
}

async function workflowsOf(deployment: Deployment, batches: LedgerRow[]) {
  const client = await temporalClient(deployment)
  const { topic } = deployment.config.kafka
  return batches.map(({ partition, from, to }) =>
    client.workflow.getHandle(
      replayBatchId({ topic, partition, incarnation: 0, from: String(from), to: String(to) }),
    ),
  )
}

async function logins({ sql }: Deployment): Promise<number> {
  const [row] = await sql<
    { logins: number }[]
  >`select sum(logins)::integer as logins from partition_checkpoint`
  return row?.logins ?? 0
}
