import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { expect, test } from 'vitest'
import { acceptLossUpdate, ingestTopicId, resumeUpdate } from '../../workflows/contract.ts'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { recreateTopic } from '../support/kafka/kafka-admin.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { partitionStatuses, temporalClient } from '../support/parts/temporal-client.ts'

test('a flood of rejects halts the partition before it is written; a resume halts again, a resume with accept lets it through', async () => {
  const { deployment, feed, client } = await ingesting({
    REJECT_HALT_WINDOW: '100',
    REJECT_HALT_PERCENT: '50',
  })
  await feed.logins(200)
  await eventually(async () => {
    expect(await counted(deployment)).toEqual({ logins: 200, rejects: 0 })
  })
  const flood = async (count: number) => {
    for (let i = 0; i < count; i++) await feed.reject(`{"schema":2,"n":${i}}`, 'user_id_missing')
  }
  await flood(60)
  await untilHalted(client, deployment, /of the latest \d+ records are not logins, more than 50 % of 100/)
  const { rejects: written } = await counted(deployment)
  expect(written).toBeLessThanOrEqual(50)
  await resume(client, deployment, {})
  await untilHalted(client, deployment, /are not logins/)
  await flood(200)
  await resume(client, deployment, { accept: true })
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
  // Armed again after a calm window.
  await feed.logins(150)
  await expectExact(deployment, feed.truth)
  await flood(60)
  await untilHalted(client, deployment, /are not logins/)
})

test('batches that fail in a row halt the partition instead of being parked one by one; a resume after the fix goes on', async () => {
  const { deployment, feed, client } = await ingesting({ PARKED_IN_A_ROW: '3' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  await feed.logins(50)
  for (let i = 0; i < 6; i++) await feed.loginOf(`refused-${i}`)
  await untilHalted(
    client,
    deployment,
    /4 parts of batches failed in a row, more than 3; at offset \d+: Postgres: /,
  )
  expect((await untilParked(deployment, 3)).length).toBe(3)
  await deployment.sql`alter table login drop constraint refuses_users`
  await resume(client, deployment, {})
  await eventually(async () => {
    expect((await counted(deployment)).logins).toBe(53)
  })
})

test('offsets that retention took are left behind by an operator, in the ledger as skipped; all else is exact', async () => {
  const { deployment, feed, client, worker } = await ingesting({})
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await stop(worker)
  const [before] = await checkpoints(deployment)
  await feed.lost(40)
  await deleteRecords(deployment.kafka, deployment.config.kafka.topic, 0, (before?.next ?? 0) + 40)
  await feed.logins(30)
  deployment.start('worker/main.ts')
  await untilHalted(client, deployment, /are gone from Kafka/)
  const result = await acceptLoss(client, deployment)
  expect(result.partitions).toMatchObject([
    { state: 'running', nextOffset: String((before?.next ?? 0) + 40) },
  ])
  expect(await batchesOf(deployment, 'skipped')).toMatchObject([
    {
      from: before?.next,
      to: (before?.next ?? 0) + 40,
      error: expect.stringMatching(/before they were read/) as string,
    },
  ])
  await eventually(async () => {
    expect(await counted(deployment)).toEqual({ logins: 130, rejects: 0 })
  })
  await expect(acceptLoss(client, deployment)).rejects.toThrow()
  // Written in the background (workflows/audit.ts).
  await eventually(async () => {
    const audit = await deployment.sql`select command, result from control_event order by id`
    expect([...audit]).toEqual([
      { command: 'accept_loss', result: 'done' },
      { command: 'accept_loss', result: 'refused' },
    ])
  })
})

test('a topic that was created anew is read from its start once an operator says so, offsets that come again included', async () => {
  const { deployment, feed, client, worker } = await ingesting({})
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await stop(worker)
  const [held] = await deployment.sql<{ id: string }[]>`select topic_id as id from partition_checkpoint`
  await recreateTopic(deployment, 1)
  // More than was counted, so that the offset alone does not give it away.
  await feed.logins(150)
  deployment.start('worker/main.ts')
  await untilHalted(
    client,
    deployment,
    new RegExp(
      `was re-created \\(id ${held?.id ?? ''} is now [0-9a-f-]{36}\\): offsets before 100 of partition 0 were counted`,
    ),
  )
  expect(await checkpoints(deployment)).toEqual([{ next: 100, incarnation: 0 }])
  await acceptLoss(client, deployment)
  await eventually(async () => {
    expect(await counted(deployment)).toEqual({ logins: 250, rejects: 0 })
  })
  expect(await checkpoints(deployment)).toEqual([{ next: 150, incarnation: 1 }])
  expect(await batchesOf(deployment, 'skipped')).toMatchObject([{ from: 100, to: 100 }])
})

test('a log that was truncated is read on from its end once an operator says so', async () => {
  const { deployment, feed, client, worker } = await ingesting({ INSIGHT_SIZE: '0' })
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await stop(worker)
  // As after Kafka was restored from a copy that lacked the last ten.
  await deployment.sql`update partition_checkpoint set next_offset = next_offset + 10`
  deployment.start('worker/main.ts')
  await untilHalted(client, deployment, /^the log of \S+\/0 ends at 100, before the checkpoint 110/)
  await acceptLoss(client, deployment)
  await feed.logins(50)
  await eventually(async () => {
    expect(await counted(deployment)).toEqual({ logins: 150, rejects: 0 })
  })
  expect(await checkpoints(deployment)).toEqual([{ next: 150, incarnation: 1 }])
  const [skipped] = await batchesOf(deployment, 'skipped')
  expect(skipped).toMatchObject({ from: 110, to: 110 })
  expect(skipped?.error).toMatch(/truncated at 100: offsets up to 109 were counted and will occur again/)
})

test('a database that is older than Kafka counts again what it forgot, and publishes none of it twice', async () => {
  const { deployment, feed, client, worker } = await ingesting({ BATCH_MAX_RECORDS: '20', INSIGHT_SIZE: '0' })
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await stop(worker)
  await forgetLatestBatches(deployment, 3)
  await feed.logins(50)
  deployment.start('worker/main.ts')
  await untilHalted(
    client,
    deployment,
    /^Postgres has counted what is before \d+, but outputs before 100 are published .*the database is older than Kafka/,
  )
  await acceptLoss(client, deployment)
  await expectExact(deployment, feed.truth)
})

/** One partition, read by a worker. */
async function ingesting(settings: Record<string, string>) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', ...settings })
  const worker = deployment.start('worker/main.ts')
  return { deployment, worker, feed: createFeed(deployment), client: await temporalClient(deployment) }
}

async function stop(worker: RoleProcess): Promise<void> {
  worker.signal('SIGTERM')
  await worker.exited
}

async function untilHalted(client: Client, deployment: Deployment, reason: RegExp): Promise<void> {
  await eventually(async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status?.state).toBe('halted')
    expect(status?.reason).toMatch(reason)
  })
}

const topicWorkflow = (client: Client, { config }: Deployment) =>
  client.workflow.getHandle(ingestTopicId(config.kafka.topic))

const request = () => ({ commandId: randomUUID(), actor: 'tester', reason: 'why', partitions: null })

const resume = (client: Client, deployment: Deployment, options: { accept?: boolean }) =>
  topicWorkflow(client, deployment).executeUpdate(resumeUpdate, { args: [{ ...request(), ...options }] })

const acceptLoss = (client: Client, deployment: Deployment) =>
  topicWorkflow(client, deployment).executeUpdate(acceptLossUpdate, { args: [request()] })

async function counted({ sql }: Deployment): Promise<{ logins: number; rejects: number }> {
  const [row] = await sql<{ logins: number; rejects: number }[]>`
    select sum(logins)::integer as logins, sum(rejects)::integer as rejects from partition_checkpoint`
  return { logins: row?.logins ?? 0, rejects: row?.rejects ?? 0 }
}

async function checkpoints({ sql }: Deployment): Promise<{ next: number; incarnation: number }[]> {
  const rows = await sql<{ next: number; incarnation: number }[]>`
    select next_offset::integer as next, incarnation from partition_checkpoint order by partition`
  return [...rows]
}

/** As a replica that lacked the latest transactions and was promoted: the batches were never written. */
async function forgetLatestBatches({ sql }: Deployment, count: number): Promise<void> {
  await sql.begin(async (tx) => {
    const batches = await tx<{ id: bigint; from: bigint; logins: number }[]>`
      select id, from_offset as "from", logins from batch order by from_offset desc limit ${count}`
    const ids = batches.map(({ id }) => String(id))
    const oldest = batches.at(-1)?.from ?? 0n
    // Rolled up counts cannot be told apart any more: all of them are made anew from the deltas that stay.
    await tx`truncate minute_count, hour_count, arrival_count, pending_rollup`
    for (const table of ['insight', 'login_count_delta', 'pending_commit_rollup'])
      await tx`delete from ${tx(table)} where batch_id = any(${ids}::text[]::bigint[])`
    await tx`delete from login where batch_id = any(${ids}::text[]::bigint[])`
    await tx`delete from batch where id = any(${ids}::text[]::bigint[])`
    await tx`insert into pending_rollup (batch_id, topic) select batch_id, topic
             from login_count_delta join batch on batch.id = batch_id`
    await tx`update partition_checkpoint set next_offset = ${oldest},
             logins = logins - ${batches.reduce((sum, { logins }) => sum + logins, 0)}`
  })
}
