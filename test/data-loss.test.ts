import { expect, test } from 'vitest'
import { ensureTopics } from '../kafka/topics.ts'
import { ingestPartitionId, resumeUpdate } from '../workflows/contract.ts'
import { createDeployment, type Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import { partitionStatuses, temporalClient } from './partition-status.ts'

test('offsets that retention took halt their partition with the exact range; the others go on, and a resume halts again', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const topic = deployment.config.kafka.topic
  const before = await countAndStop(deployment, 200)
  const feed = createFeed(deployment, 2)
  await feed.logins(300)
  const checkpoint = before[0] ?? 0n
  await deleteRecords(deployment, 0, checkpoint + 50n)
  deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  const lost = `offsets ${checkpoint} to ${checkpoint + 49n} of ${topic}/0 are gone`
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses).toMatchObject([{ state: 'halted' }, { state: 'running' }])
    expect(statuses[0]?.reason).toContain(lost)
  })
  await client.workflow
    .getHandle(ingestPartitionId(topic, 0))
    .executeUpdate(resumeUpdate, { args: ['try again'] })
  await eventually(async () => {
    const rows = await deployment.sql`select result, reason from control_event where command = 'resume'`
    expect([...rows]).toEqual([{ result: 'done', reason: 'try again' }])
    expect((await partitionStatuses(client, deployment))[0]).toMatchObject({ state: 'halted' })
  })
  const [offset] = await checkpoints(deployment)
  expect(offset).toBe(checkpoint)
})

test('a topic that was deleted and created again halts every partition and names both; nothing of it is counted', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const [checkpoint = 0n] = await countAndStop(deployment, 100)
  const admin = deployment.kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [deployment.config.kafka.topic] })
  await admin.disconnect()
  await eventually(() => ensureTopics(deployment.config.kafka))
  // As many records as the old one had and more: only the topic's id tells them apart.
  const feed = createFeed(deployment, 2)
  await feed.logins(300)
  deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  await eventually(async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status).toMatchObject({ state: 'halted' })
    expect(status?.reason).toContain(`was re-created`)
    expect(status?.reason).toContain(`offsets up to ${checkpoint}`)
  })
  expect(await checkpoints(deployment)).toEqual([checkpoint])
})

/** Counts some logins, then stops the worker; returns the checkpoints. */
async function countAndStop(deployment: Deployment, logins: number): Promise<bigint[]> {
  const feed = createFeed(deployment)
  await feed.logins(logins)
  const worker = deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)
  worker.signal('SIGTERM')
  await worker.exited
  return await checkpoints(deployment)
}

async function checkpoints({ sql }: Deployment): Promise<bigint[]> {
  const rows = await sql<
    { next_offset: bigint }[]
  >`select next_offset from partition_checkpoint order by partition`
  return rows.map(({ next_offset }) => next_offset)
}

async function deleteRecords(
  { kafka, config }: Deployment,
  partition: number,
  before: bigint,
): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  // Loads the topic's metadata, without which kafkajs finds no leader to ask.
  await admin.fetchTopicOffsets(config.kafka.topic)
  await admin.deleteTopicRecords({
    topic: config.kafka.topic,
    partitions: [{ partition, offset: String(before) }],
  })
  await admin.disconnect()
}
