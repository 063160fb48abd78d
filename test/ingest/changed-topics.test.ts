import { expect, test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { recreateTopic, withAdmin } from '../support/kafka/kafka-admin.ts'
import { batchesOf } from '../support/ledger/ledger.ts'
import { partitionStatuses, temporalClient } from '../support/parts/temporal-client.ts'
import { countedLogins, untilState } from '../support/deployment/until-state.ts'

test('a partition that its topic has no more is retired by an operator, and is read from its start when it comes back', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '3' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.logins(300)
  await expectExact(deployment, feed.truth)
  worker.signal('SIGTERM')
  await worker.exited
  await recreateTopic(deployment, 1)
  deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses.map(({ state }) => state)).toEqual(['halted', 'halted', 'halted'])
    for (const { reason } of statuses.slice(1)) expect(reason).toMatch(/has no partition \d any more/)
  })
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await ask('mutation { acceptOffsetLoss(reason: "it is smaller now") { ... on Error { message } } }')
  await eventually(async () => {
    expect(await ask('{ ingestion { state partitions { state } } }')).toEqual({
      ingestion: {
        state: 'RUNNING',
        partitions: ['RUNNING', 'RETIRED', 'RETIRED'].map((state) => ({ state })),
      },
    })
  })
  // A producer that knows the topic as it is now.
  await createFeed(deployment, 2).logins(100)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(400)
  })
  await withAdmin(deployment, (admin, topic) =>
    admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }),
  )
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses.map(({ state }) => state)).toEqual(['running', 'running', 'retired'])
  })
  await createFeed(deployment, 3).logins(100)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(500)
    const [second] = await deployment.sql`
      select next_offset::integer as next, retired_at from partition_checkpoint where partition = 1`
    expect(second).toEqual({ next: expect.any(Number) as number, retired_at: null })
    expect(second?.['next']).toBeGreaterThan(0)
  })
  // What was not read of them stays in the ledger.
  expect(await batchesOf(deployment, 'skipped')).toHaveLength(3)
})

test('a group offset that was set back by hand halts the partition: nothing is published twice', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', BATCH_MAX_RECORDS: '50' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
  worker.signal('SIGTERM')
  await worker.exited
  const { groupId } = deployment.config.kafka
  await withAdmin(deployment, (admin, topic) =>
    admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '100' }] }),
  )
  deployment.start('worker/main.ts')
  await untilState(deployment, 'halted', /was set back to 100, although outputs up to 199 are published/)
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await ask('mutation { acceptOffsetLoss(reason: "a slip") { ... on Error { message } } }')
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
})
