import { WorkflowUpdateStage } from '@temporalio/client'
import { expect, test } from 'vitest'
import { reconcileTopicId, replayBatchId, replayUpdate } from '../../workflows/contract.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'
import { startRedrive } from '../support/ledger/start-redrive.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

test.for([
  ['before it is counted', 'before_replay_commit'],
  ['between the count and the outputs', 'after_replay_commit'],
  ['inside the Kafka transaction of the outputs', 'inside_late_kafka_transaction'],
  ['after the Kafka commit, before that is recorded', 'after_late_kafka_commit'],
] as const)('a replay whose worker is killed %s counts and publishes the batch once', async ([, step]) => {
  const { deployment, feed, parked, worker } = await withOneParked('worker/main.ts')
  worker.signal('SIGTERM')
  await worker.exited
  await deployment.sql`alter table login drop constraint refuses_users`
  const crashing = deployment.start('test/support/deployment/worker-that-crashes.ts', { CRASH_STEP: step })
  const client = await temporalClient(deployment)
  const { topic } = deployment.config.kafka
  const handle = client.workflow.getHandle(replayBatchId({ topic, partition: 0, incarnation: 0, ...parked }))
  const replay = await handle.startUpdate(replayUpdate, {
    args: ['mended'],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  })
  expect(await crashing.exited).toBe('SIGKILL')
  deployment.start('worker/main.ts')
  await feed.logins(50)
  expect(['replayed', 'already_applied']).toContain((await replay.result()).outcome)
  await expectExact(deployment, feed.truth)
  expect(await batchesOf(deployment, 'replayed')).toMatchObject([{ revision: 1 }])
  const published = await deployment.sql`select published from batch_revision`
  expect([...published]).toEqual([{ published: true }])
})

test('a worker that is killed after it parked a batch and before it handed it over leaves one workflow for it', async () => {
  const { deployment, feed } = await withOneParked('test/support/deployment/worker-that-crashes.ts', {
    CRASH_STEP: 'after_parking',
  })
  await deployment.sql`alter table login drop constraint refuses_users`
  const [batch] = await batchesOf(deployment, 'parked')
  const client = await temporalClient(deployment)
  const { topic } = deployment.config.kafka
  const handle = client.workflow.getHandle(
    replayBatchId({
      topic,
      partition: 0,
      incarnation: 0,
      from: String(batch?.from),
      to: String(batch?.to),
    }),
  )
  await handle.executeUpdate(replayUpdate, { args: ['mended'] })
  await expectExact(deployment, feed.truth)
})

test('a parked batch whose workflow was terminated is back in the list after the next reconciliation', async () => {
  const { deployment, feed, parked } = await withOneParked('worker/main.ts')
  const client = await temporalClient(deployment)
  const { topic } = deployment.config.kafka
  const handle = client.workflow.getHandle(replayBatchId({ topic, partition: 0, incarnation: 0, ...parked }))
  await handle.terminate('a click too many')
  const before = await handle.describe()
  expect(before.status.name).toBe('TERMINATED')
  const reconcile = client.schedule.getHandle(reconcileTopicId(topic))
  await reconcile.trigger()
  await eventually(async () => {
    const { runId, status } = await handle.describe()
    expect([status.name, runId === before.runId]).toEqual(['RUNNING', false])
  })
  await untilParked(deployment, 1)
  const { runId } = await handle.describe()
  await deployment.sql`alter table login drop constraint refuses_users`
  const runs = async () => {
    const { info } = await reconcile.describe()
    return info.numActionsTaken
  }
  const taken = await runs()
  await reconcile.trigger()
  await eventually(async () => {
    expect(await runs()).toBeGreaterThan(taken)
  })
  expect((await handle.describe()).runId).toBe(runId)
  await handle.executeUpdate(replayUpdate, { args: ['mended'] })
  await expectExact(deployment, feed.truth)
})

test('a redrive whose worker is killed between the count and the outputs makes the rejects logins once', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', LOGIN_MAX_BYTES: '1024' })
  const feed = createFeed(deployment)
  const strict = deployment.start('worker/main.ts')
  await feed.logins(20)
  for (const user of ['large-1', 'large-2']) await feed.loginOf(user, { note: 'x'.repeat(2_000) })
  await eventually(async () => {
    expect((await deployment.sql`select from rejected_login`).length).toBe(2)
  })
  strict.signal('SIGTERM')
  await strict.exited
  const lenient = { LOGIN_MAX_BYTES: '65536' }
  const crashing = deployment.start('test/support/deployment/worker-that-crashes.ts', {
    ...lenient,
    CRASH_STEP: 'after_replay_commit',
  })
  const run = await startRedrive(deployment)
  expect(await crashing.exited).toBe('SIGKILL')
  deployment.start('worker/main.ts', lenient)
  expect(await run.result()).toMatchObject({ examined: 2, logins: 2, failures: [] })
  await expectExact(deployment, feed.truth)
})

async function withOneParked(entry: string, extra: Record<string, string> = {}) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  const feed = createFeed(deployment)
  const worker = deployment.start(entry, extra)
  await feed.logins(50)
  await feed.loginOf('refused-1')
  await feed.logins(50)
  if (extra['CRASH_STEP'] !== undefined) {
    expect(await worker.exited).toBe('SIGKILL')
    deployment.start('worker/main.ts')
  }
  const [batch] = await untilParked(deployment, 1)
  return { deployment, feed, worker, parked: { from: String(batch?.from), to: String(batch?.to) } }
}
