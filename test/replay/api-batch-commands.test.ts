import { expect, test } from 'vitest'
import type { Client } from '@temporalio/client'
import { replayBatchId, replayUpdate } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { batchesOf, untilParked, type LedgerRow } from '../support/ledger/ledger.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

const settled = `{
  __typename
  ... on BatchCommandSuccess { outcome attempts rejects batch { status revision revisions { kind commandId isPublished } skippedByCommandId } }
  ... on Error { message }
}`
const replay = `mutation ($id: Offset!, $commandId: ID) {
  replayBatch(batchId: $id, reason: "mended", commandId: $commandId) ${settled}
}`
const skip = `mutation ($id: Offset!) { skipBatch(batchId: $id, reason: "a test account") ${settled} }`
const commandId = '0b9d9d6e-6f0e-4d52-8c54-000000000001'

/** An id that served one command does nothing for another one, and the audit has both. */
async function expectOneCommandOf({ sql }: Deployment, ask: Graphql, other: LedgerRow): Promise<void> {
  const audited = () => sql`select command_id from control_event where command_id = ${commandId}`
  await eventually(async () => {
    expect(await audited()).toHaveLength(1)
  })
  const pause = `mutation ($commandId: ID) {
    pauseIngestion(reason: "again", commandId: $commandId) { __typename ... on Error { message } }
  }`
  const refused = {
    __typename: 'InvalidCommandError',
    message: expect.stringMatching(/commandId is that of another command \(replay, /) as string,
  }
  expect(await ask(replay, { id: other.id, commandId })).toMatchObject({ replayBatch: refused })
  expect(await ask(pause, { commandId })).toMatchObject({ pauseIngestion: refused })
  const rows =
    await sql`select command, result from control_event where command_id like '%/invalid' order by id`
  expect(rows).toEqual([
    { command: 'replay', result: 'refused' },
    { command: 'pause', result: 'refused' },
  ])
}

test('parked batches are replayed from GraphQL once their cause is mended: twice at once, again, and with their workflow gone, each counted once', async () => {
  const { deployment, ask, client, feed, parked } = await parking(3)
  const [first, second, third] = parked
  expect(await ask(replay, { id: first.id })).toMatchObject({
    replayBatch: {
      __typename: 'BatchFailedError',
      message: expect.stringMatching(/refuses_users/) as string,
    },
  })
  await workflowOf(deployment, client, second).terminate('by mistake')
  await deployment.sql`alter table login drop constraint refuses_users`

  // Its workflow was terminated: it is started again, and this command is its first attempt.
  const replayed = {
    outcome: 'REPLAYED',
    attempts: 1,
    rejects: 0,
    batch: { status: 'REPLAYED', revision: 1, revisions: [{ kind: 'REPLAY', commandId, isPublished: true }] },
  }
  expect(await ask(replay, { id: second.id, commandId })).toMatchObject({ replayBatch: replayed })
  expect(await ask(replay, { id: second.id, commandId })).toMatchObject({ replayBatch: replayed })
  await expectOneCommandOf(deployment, ask, third)

  const [fromGraphql, fromTemporal] = await Promise.all([
    ask(replay, { id: first.id }),
    workflowOf(deployment, client, first).executeUpdate(replayUpdate, { args: ['mended'] }),
  ])
  const outcomes = [(fromGraphql['replayBatch'] as { outcome: string }).outcome, fromTemporal.outcome]
  expect(outcomes.map((outcome) => outcome.toLowerCase()).sort()).toEqual(['already_applied', 'replayed'])

  await workflowOf(deployment, client, third).executeUpdate(replayUpdate, { args: ['mended'] })
  expect(await ask(replay, { id: third.id })).toMatchObject({
    replayBatch: { outcome: 'ALREADY_APPLIED', attempts: 1, batch: { status: 'REPLAYED', revision: 1 } },
  })
  expect(await ask(skip, { id: third.id })).toMatchObject({
    skipBatch: { __typename: 'CommandRefusedError' },
  })
  await expectExact(deployment, feed.truth)
  expect(await batchesOf(deployment, 'replayed')).toHaveLength(3)
  const either = expect.stringMatching(/^(tester \(unverified\)|temporal)$/) as string
  expect(await audit(deployment, 7)).toEqual([
    { command: 'replay', result: 'done', actor: either, outcome: 'already_applied', batch: first.id },
    { command: 'replay', result: 'done', actor: either, outcome: 'replayed', batch: first.id },
    {
      command: 'replay',
      result: 'done',
      actor: 'tester (unverified)',
      outcome: 'replayed',
      batch: second.id,
    },
    {
      command: 'replay',
      result: 'done',
      actor: 'tester (unverified)',
      outcome: 'already_applied',
      batch: third.id,
    },
    { command: 'replay', result: 'done', actor: 'temporal', outcome: 'replayed', batch: third.id },
    { command: 'replay', result: 'failed', actor: 'tester (unverified)', outcome: null, batch: first.id },
    { command: 'skip', result: 'refused', actor: 'tester (unverified)', outcome: null, batch: third.id },
  ])
})

test('a batch is given up from GraphQL for good, and not by a cancellation, which is audited; what no batch is, is not found; without a worker the command says so', async () => {
  const { deployment, ask, client, parked, worker } = await parking(2)
  const [first, second] = parked
  const skipped = { outcome: 'SKIPPED', attempts: 0, batch: { status: 'SKIPPED', revision: 0 } }
  expect(await ask(skip, { id: first.id })).toMatchObject({ skipBatch: skipped })
  await workflowOf(deployment, client, first).result()
  expect(await ask(replay, { id: first.id })).toMatchObject({ replayBatch: skipped })
  expect(await ask(replay, { id: '999999' })).toMatchObject({ replayBatch: { __typename: 'NotFoundError' } })
  await workflowOf(deployment, client, second).cancel()
  await eventually(async () => {
    const rows = await deployment.sql`
      select body::jsonb -> 'detail' ->> 'how' as how, body::jsonb ->> 'result' as result
      from audit_event where kind = 'workflow_interfered'`
    expect(rows).toEqual([{ how: 'cancelled', result: 'refused' }])
  })
  await worker.kill()
  expect(await ask(skip, { id: second.id })).toMatchObject({ skipBatch: { __typename: 'NoWorkerError' } })
  expect(await audit(deployment, 4)).toEqual([
    { command: 'replay', result: 'done', actor: 'tester (unverified)', outcome: 'skipped', batch: first.id },
    { command: 'replay', result: 'failed', actor: 'tester (unverified)', outcome: null, batch: '999999' },
    { command: 'skip', result: 'done', actor: 'tester (unverified)', outcome: 'skipped', batch: first.id },
    { command: 'skip', result: 'failed', actor: 'tester (unverified)', outcome: null, batch: second.id },
  ])
})

/** A deployment with an API, whose database refuses some users, and so many batches that are parked for it. */
async function parking(count: number) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', BATCH_MAX_RECORDS: '100' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  const feed = createFeed(deployment)
  for (let i = 0; i < count; i++) {
    await feed.logins(20)
    await feed.loginOf(`refused-${i}`)
  }
  const worker = deployment.start('worker/main.ts')
  const ask: Graphql = await graphqlOf(deployment.start('api/main.ts'))
  const client = await temporalClient(deployment)
  const parked = (await untilParked(deployment, count)) as [LedgerRow, LedgerRow, LedgerRow]
  return { deployment, ask, client, feed, parked, worker }
}

function workflowOf({ config }: Deployment, client: Client, { partition, from, to }: LedgerRow) {
  const { topic } = config.kafka
  return client.workflow.getHandle(
    replayBatchId({ topic, partition, incarnation: 0, from: String(from), to: String(to) }),
  )
}

async function audit({ sql }: Deployment, count: number) {
  return await eventually(async () => {
    const rows = await sql`
      select command, result, actor, detail->>'outcome' as outcome, detail->>'batchId' as batch from control_event
      where command_id not like '%/invalid'
      order by command, result, (detail->>'batchId')::bigint, outcome`
    expect(rows).toHaveLength(count)
    return [...rows]
  })
}
