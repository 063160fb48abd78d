import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, type Client } from '@temporalio/client'
import { expect, test } from 'vitest'
import {
  cancelRunUpdate,
  pauseRunUpdate,
  plannedUpdate,
  redriveProgressUpdate,
  redriveRunId,
  replayRunId,
  replayRunQuery,
  resumeRunUpdate,
} from '../../workflows/run-contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'
import { everyParkedBatch } from '../../domain/batch/selection.ts'
import { everyReject } from '../support/ledger/selections.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

test('a dry run says what a replay of many would do and does none of it; runs that overlap count each batch once', async () => {
  const { deployment, feed, client } = await withParked(['refused-1', 'refused-2', 'refused-3', 'stays-1'])
  await deployment.sql`alter table login drop constraint refuses_users`
  await deployment.sql`alter table login add constraint still_refuses check (user_id not like 'stays-%')`
  const dry = await startRun(client, deployment, { dryRun: true })
  expect(dry.status.plan).toMatchObject({ logins: 3, rejects: 0, failing: 1, countsInAll: 3 })
  expect(dry.status.plan?.batches.map(({ logins, error }) => [logins, error === null])).toEqual([
    [1, true],
    [1, true],
    [1, true],
    [0, false],
  ])
  expect((await dry.handle.result()).state).toBe('done')
  expect((await batchesOf(deployment, 'parked')).length).toBe(4)
  expect(await deployment.sql`select from login_count_delta where revision <> 0`).toEqual([])

  const runs = await Promise.all([startRun(client, deployment, {}), startRun(client, deployment, {})])
  const results = (await Promise.all(runs.map(({ handle }) => handle.result()))).flatMap(
    ({ results: ofRun }) => ofRun,
  )
  // Which run comes first to a batch is chance; the other one finds it done, or does not plan it any more.
  const replayed = results.filter(({ outcome }) => outcome === 'replayed').map(({ batchId }) => batchId)
  expect([replayed.length, new Set(replayed).size]).toEqual([3, 3])
  expect(results.find(({ outcome }) => outcome === 'failed')?.error).toMatch(/still_refuses/)
  await deployment.sql`alter table login drop constraint still_refuses`
  const [last] = (await (await startRun(client, deployment, {})).handle.result()).results
  expect(last).toMatchObject({ outcome: 'replayed', logins: 1 })
  await expectExact(deployment, feed.truth)
})

test('a run is paused, resumed and cancelled after the batch in hand, and keeps to its rate', async () => {
  const { deployment, client } = await withParked(['refused-1', 'refused-2', 'refused-3'])
  await deployment.sql`alter table login drop constraint refuses_users`
  const { handle } = await startRun(client, deployment, { maxPerMinute: 30 })
  await eventually(async () => {
    expect((await handle.query(replayRunQuery)).results.length).toBe(1)
  })
  expect((await handle.executeUpdate(pauseRunUpdate, { args: ['wait'] })).state).toBe('paused')
  await expect(handle.executeUpdate(pauseRunUpdate, { args: ['again'] })).rejects.toThrow()
  expect((await handle.executeUpdate(resumeRunUpdate, { args: ['on'] })).state).toBe('running')
  await eventually(async () => {
    expect((await handle.query(replayRunQuery)).results.length).toBe(2)
  })
  await handle.executeUpdate(cancelRunUpdate, { args: ['enough'] })
  expect(await handle.result()).toMatchObject({ state: 'cancelled', results: [{}, {}] })
  expect((await batchesOf(deployment, 'parked')).length).toBe(1)
  const audit = await deployment.sql`
    select command, result from control_event where command not in ('replay') order by id`
  expect(audit.map((row) => `${String(row['command'])} ${String(row['result'])}`).sort()).toEqual([
    'cancel_run done',
    'pause_run done',
    'pause_run refused',
    'replay_many done',
    'resume_run done',
  ])
})

test('rejects become logins once a rule lets them, once, whoever redrives them; the others stay, each with its history', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', LOGIN_MAX_BYTES: '1024' })
  const feed = createFeed(deployment)
  const strict = deployment.start('worker/main.ts')
  await feed.logins(50)
  await feed.loginOf('large-1', { note: 'x'.repeat(2_000) })
  await feed.loginOf('large-2', { note: 'x'.repeat(2_000) })
  await feed.reject('{"no":"login"}', 'user_id_missing')
  await eventually(async () => {
    const [row] = await deployment.sql<{ n: number }[]>`select count(*)::integer as n from rejected_login`
    expect(row?.n).toBe(3)
  })
  strict.signal('SIGTERM')
  await strict.exited
  deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: '65536' })
  const client = await temporalClient(deployment)
  const dry = await redrive(client, deployment, { dryRun: true })
  expect(dry).toMatchObject({ examined: 3, logins: 2, stay: [{ reason: 'user_id_missing', rejects: 1 }] })
  expect(await deployment.sql`select from redrive_attempt`).toEqual([])
  const both = await Promise.all([redrive(client, deployment, {}), redrive(client, deployment, {})])
  expect(both.reduce((sum, { logins }) => sum + logins, 0)).toBe(2)
  expect(both.flatMap(({ failures }) => failures)).toEqual([])
  const history = await deployment.sql`
    select outcome, count(*)::integer as attempts from redrive_attempt group by outcome order by outcome`
  expect([...history]).toEqual([
    { outcome: 'login', attempts: 2 },
    { outcome: 'user_id_missing', attempts: 2 },
  ])
  await expectExact(deployment, feed.truth)
})

/** Logins, of which those of the named users are parked, one batch each. */
async function withParked(users: string[]) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id !~ '^(refused|stays)-')`
  const feed = createFeed(deployment)
  deployment.start('worker/main.ts')
  await feed.logins(100)
  for (const user of users) await feed.loginOf(user)
  await untilParked(deployment, users.length)
  return { deployment, feed, client: await temporalClient(deployment) }
}

type RunOptions = { dryRun?: boolean; maxPerMinute?: number }

async function startRun(client: Client, { config }: Deployment, options: RunOptions) {
  const commandId = randomUUID()
  const input = {
    commandId,
    actor: 'tester',
    reason: 'why',
    topic: config.kafka.topic,
    selection: everyParkedBatch,
  }
  const status = await client.workflow.executeUpdateWithStart(plannedUpdate, {
    startWorkflowOperation: new WithStartWorkflowOperation('replayBatches', {
      workflowId: replayRunId(commandId),
      taskQueue: config.temporal.taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ ...input, dryRun: false, maxPerMinute: 6_000, ...options }],
    }),
  })
  const handle = client.workflow.getHandle<(input: object) => Promise<typeof status>>(replayRunId(commandId))
  return { status, handle }
}

async function redrive(client: Client, { config }: Deployment, { dryRun = false }: RunOptions) {
  const commandId = randomUUID()
  const { topic } = config.kafka
  return await client.workflow.executeUpdateWithStart(redriveProgressUpdate, {
    startWorkflowOperation: new WithStartWorkflowOperation('replayRejected', {
      workflowId: redriveRunId(commandId),
      taskQueue: config.temporal.taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ commandId, actor: 'tester', reason: 'why', topic, selection: everyReject, dryRun }],
    }),
  })
}
