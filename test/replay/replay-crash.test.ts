import { WorkflowUpdateStage } from '@temporalio/client'
import { expect, test } from 'vitest'
import { reconcileTopicId, replayBatchId, replayUpdate } from '../../workflows/contract.ts'
import { deleteGroup } from '../../kafka/write/delete-group.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { batchesOf, type LedgerRow, untilParked } from '../support/ledger/ledger.ts'
import { startRedrive } from '../support/ledger/start-redrive.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

/** Each leaves its batch to the next worker, which settles it before it comes to its own. */
const steps = [
  'before_replay_commit',
  'after_replay_commit',
  'inside_late_kafka_transaction',
  'after_late_kafka_commit',
] as const

test(
  'replays whose workers are killed before they count, between the count and the outputs, inside the Kafka transaction, ' +
    'and before that is recorded count and publish each batch once',
  async () => {
    const { deployment, feed, parked, worker } = await withParked(steps.length)
    worker.signal('SIGTERM')
    await worker.exited
    await deployment.sql`alter table login drop constraint refuses_users`
    const replays: Replay[] = []
    const untilSettled = async (replay?: Replay) => {
      if (replay !== undefined)
        expect(['replayed', 'already_applied']).toContain((await replay.result()).outcome)
    }
    for (const [place, step] of steps.entries()) {
      const crashing = deployment.start('test/support/deployment/worker-that-crashes.ts', {
        CRASH_STEP: step,
        // The batch that the worker before it left comes to the same step.
        CRASH_AFTER: place === 0 ? '1' : '2',
      })
      await untilSettled(replays[place - 1])
      replays.push(await startReplay(deployment, parked[place]))
      expect(await crashing.exited, step).toBe('SIGKILL')
    }
    deployment.start('worker/main.ts')
    await feed.logins(50)
    await untilSettled(replays.at(-1))
    await expectExact(deployment, feed.truth)
    expect(await batchesOf(deployment, 'replayed')).toMatchObject(steps.map(() => ({ revision: 1 })))
    const published = await deployment.sql`select published from batch_revision`
    expect([...published]).toEqual(steps.map(() => ({ published: true })))
  },
)

test('a worker that is killed after it parked a batch and before it handed it over leaves one workflow for it', async () => {
  const { deployment, feed, parked } = await withParked(1, 'test/support/deployment/worker-that-crashes.ts', {
    CRASH_STEP: 'after_parking',
  })
  await deployment.sql`alter table login drop constraint refuses_users`
  const handle = await batchWorkflow(deployment, parked[0])
  await handle.executeUpdate(replayUpdate, { args: ['mended'] })
  await expectExact(deployment, feed.truth)
})

test('a parked batch whose workflow was terminated is back in the list after the next reconciliation', async () => {
  const { deployment, feed, parked } = await withParked(1)
  const client = await temporalClient(deployment)
  const { topic } = deployment.config.kafka
  const handle = await batchWorkflow(deployment, parked[0])
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

test('a redrive whose workers are killed before and after its outputs, and which another finishes, makes the rejects logins once', async () => {
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
  const crashingAt = (step: string) =>
    deployment.start('test/support/deployment/worker-that-crashes.ts', { ...lenient, CRASH_STEP: step })
  const counting = crashingAt('after_replay_commit')
  const run = await startRedrive(deployment)
  expect(await counting.exited).toBe('SIGKILL')
  expect(await crashingAt('after_late_kafka_commit').exited).toBe('SIGKILL')
  await finishedAfterTheNextClaim(deployment)
  deployment.start('worker/main.ts', lenient)
  expect(await run.result()).toMatchObject({ examined: 2, logins: 2, failures: [] })
  await expectExact(deployment, feed.truth)
})

/** What an attempt does that lost its claim after its outputs: it records them once the next has read the ledger, and deletes the marker. */
async function finishedAfterTheNextClaim({ sql, kafka, config }: Deployment): Promise<void> {
  const [batch] = await sql<{ id: bigint; revision: number }[]>`
    select batch_id as id, revision from batch_revision where not published`
  await deleteGroup(kafka, `${config.kafka.groupId}/batch/${batch?.id}/${batch?.revision}`)
  await sql`
    create function finish_revision() returns trigger language plpgsql security definer as $$
    begin
      update batch_revision set published = true where batch_id = new.id;
      return new;
    end $$`
  await sql`create trigger finishes after update of claim on batch for each row execute function finish_revision()`
}

/** Each of so many logins is refused among others that are counted, and parked. */
async function withParked(count: number, entry = 'worker/main.ts', extra: Record<string, string> = {}) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  const feed = createFeed(deployment)
  const worker = deployment.start(entry, extra)
  for (let i = 1; i <= count; i++) {
    await feed.logins(50)
    await feed.loginOf(`refused-${i}`)
  }
  await feed.logins(50)
  if (extra['CRASH_STEP'] !== undefined) {
    expect(await worker.exited).toBe('SIGKILL')
    deployment.start('worker/main.ts')
  }
  return { deployment, feed, worker, parked: await untilParked(deployment, count) }
}

/** The workflow that keeps a parked batch of the only partition. */
async function batchWorkflow(deployment: Deployment, batch?: LedgerRow) {
  const client = await temporalClient(deployment)
  const range = { from: String(batch?.from), to: String(batch?.to) }
  const { topic } = deployment.config.kafka
  return client.workflow.getHandle(replayBatchId({ topic, partition: 0, incarnation: 0, ...range }))
}

type Replay = Awaited<ReturnType<typeof startReplay>>

/** An operator's command, which a worker has by then. */
async function startReplay(deployment: Deployment, batch?: LedgerRow) {
  const handle = await batchWorkflow(deployment, batch)
  return await handle.startUpdate(replayUpdate, {
    args: ['mended'],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  })
}
