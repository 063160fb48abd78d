import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { pause, resume } from '../support/deployment/pause-commands.ts'
import { progress } from '../support/deployment/progress.ts'

async function startAll(deployment: Deployment): Promise<Graphql> {
  deployment.start('worker/main.ts')
  return await graphqlOf(deployment.start('api/main.ts'))
}

test('pausing returns when reading has stopped, with the offsets; nothing is read until it is resumed', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '3' })
  const feed = createFeed(deployment)
  const ask = await startAll(deployment)
  const endFeed = feed.steadily(200)
  await eventually(async () => {
    expect((await progress(deployment)).read).toBeGreaterThan(300)
  })
  const paused = await ask(pause, { reason: 'maintenance' })
  const stoppedAt = await checkpoints(deployment)
  expect(paused).toMatchObject({
    pauseIngestion: {
      partitions: stoppedAt.map((checkpoint) => ({ state: 'PAUSED', nextOffset: checkpoint })),
    },
  })
  expect(await ask(pause, { reason: 'again' })).toMatchObject({
    pauseIngestion: { __typename: 'CommandRefusedError' },
  })
  await feed.logins(200)
  expect(await checkpoints(deployment)).toEqual(stoppedAt)
  expect(await ask(resume, { reason: 'done' })).toMatchObject({
    resumeIngestion: { partitions: [{ state: 'RUNNING' }, { state: 'RUNNING' }, { state: 'RUNNING' }] },
  })
  await endFeed()
  await expectExact(deployment, feed.truth)
  const audit = await eventually(async () => {
    const rows = await deployment.sql`select command, result, reason from control_event order by id`
    expect(rows.length).toBe(3)
    return [...rows]
  })
  expect(audit).toEqual([
    { command: 'pause', result: 'done', reason: 'maintenance' },
    { command: 'pause', result: 'refused', reason: 'again' },
    { command: 'resume', result: 'done', reason: 'done' },
  ])
})

test('some partitions are paused while the others go on; one that does not exist refuses the whole command', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '3' })
  const feed = createFeed(deployment)
  const ask = await startAll(deployment)
  await feed.logins(300)
  await expectExact(deployment, feed.truth)
  expect(await ask(pause, { reason: 'typo', partitions: [1, 7] })).toMatchObject({
    pauseIngestion: {
      __typename: 'CommandRefusedError',
      message: `${deployment.config.kafka.topic} has no partition 7`,
    },
  })
  expect(await ask(pause, { reason: 'two of them', partitions: [2, 0, 2] })).toMatchObject({
    pauseIngestion: { partitions: [{ state: 'PAUSED' }, { state: 'PAUSED' }] },
  })
  const [first, , third] = await checkpoints(deployment)
  await feed.logins(300)
  await eventually(async () => {
    expect((await checkpoints(deployment))[1]).toBe(await endOffset(deployment, 1))
  })
  expect(await checkpoints(deployment)).toEqual([first, await endOffset(deployment, 1), third])
  await ask(resume, { reason: 'go on', partitions: [0, 2] })
  await expectExact(deployment, feed.truth)
})

test('a topic that is resumed partition by partition is paused no more: partitions that are added then run', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const ask = await startAll(deployment)
  const expectStates = (states: string[]) =>
    eventually(async () => {
      const { ingestion } = await ask('{ ingestion { partitions { state } } }')
      expect(ingestion).toEqual({ partitions: states.map((state) => ({ state })) })
    })
  await expectStates(['RUNNING', 'RUNNING'])
  await ask(pause, { reason: 'all' })
  await expectStates(['PAUSED', 'PAUSED'])
  await ask(resume, { reason: 'one', partitions: [1] })
  await ask(resume, { reason: 'and the other', partitions: [0] })
  await addPartitions(deployment, 3)
  await expectStates(['RUNNING', 'RUNNING', 'RUNNING'])
})

test('a pause survives the restart of every process, and partitions that are added meanwhile wait for the resume', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  const api = deployment.start('api/main.ts')
  const ask = await graphqlOf(api)
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await ask(pause, { reason: 'over night' })
  await Promise.all([worker.kill(), api.kill()])
  await addPartitions(deployment, 3)
  const askAgain = await startAll(deployment)
  await eventually(async () => {
    const { ingestion } = await askAgain('{ ingestion { partitions { partition state reason } } }')
    expect(ingestion).toEqual({
      partitions: [0, 1, 2].map((partition) => ({ partition, state: 'PAUSED', reason: 'over night' })),
    })
  })
  // Sent in a new round of partitions, so that the new ones get some.
  const second = createFeed(deployment, 2)
  await second.logins(300)
  expect((await progress(deployment)).read).toBe(100)
  await askAgain(resume, { reason: 'morning' })
  await eventually(async () => {
    expect((await progress(deployment)).read).toBe(400)
  })
  expect((await checkpoints(deployment)).length).toBe(3)
})

test('partitions that are added to a running topic are read from their first offset within 30 seconds', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  deployment.start('worker/main.ts')
  const feed = createFeed(deployment)
  await feed.logins(50)
  await expectExact(deployment, feed.truth)
  await addPartitions(deployment, 4)
  const second = createFeed(deployment, 2)
  await second.logins(400)
  await eventually(async () => {
    expect((await progress(deployment)).read).toBe(450)
  }, 30_000)
  expect((await checkpoints(deployment)).every((offset) => offset !== '0')).toBe(true)
})

async function checkpoints({ sql }: Deployment): Promise<string[]> {
  const rows = await sql<
    { next_offset: bigint }[]
  >`select next_offset from partition_checkpoint order by partition`
  return rows.map(({ next_offset }) => String(next_offset))
}

async function endOffset({ kafka, config }: Deployment, partition: number): Promise<string | undefined> {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(config.kafka.topic)
  await admin.disconnect()
  return offsets.find((one) => one.partition === partition)?.high
}

async function addPartitions({ kafka, config }: Deployment, count: number): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createPartitions({ topicPartitions: [{ topic: config.kafka.topic, count }] })
  await admin.disconnect()
}
