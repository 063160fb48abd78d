import { expect, test } from 'vitest'
import { createLoginSource } from '../../generator/login-source.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { recreateTopic, withAdmin } from '../support/kafka/kafka-admin.ts'
import { partitionStatuses, temporalClient } from '../support/parts/temporal-client.ts'
import { transactionalProducer } from '../support/kafka/transactional-producer.ts'

type Reason = { cause: string; partition: number | null; offsets: number | null; message: string }
type Freshness = { lag: number | null; isComplete: boolean; incompleteReasons: Reason[] }
type OpenTransaction = {
  producerId: string
  transactionalId: string | null
  since: string | null
  firstOffset: string
  lastWriteAt: string | null
}
type Partition = {
  lag: number | null
  endOffset: string | null
  stableOffset: string | null
  openTransactions: OpenTransaction[] | null
  incompleteReasons: { cause: string }[]
}
type Answer = { lag: number | null; partitions: Partition[]; freshness: Freshness }

const QUESTION = `{ ingestion { lag
  partitions { lag endOffset stableOffset openTransactions { producerId transactionalId since firstOffset lastWriteAt } incompleteReasons { cause } }
  freshness { lag isComplete incompleteReasons { cause partition offsets message } } } }`

/** A worker that has counted some logins, and an API to ask. */
async function counted(partitions: number) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: String(partitions) })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  const graphql = await graphqlOf(deployment.start('api/main.ts'))
  const ask = async () => ((await graphql(QUESTION)) as { ingestion: Answer }).ingestion
  await eventually(async () => {
    expect((await ask()).freshness).toEqual({ lag: 0, isComplete: true, incompleteReasons: [] })
  })
  return { deployment, feed, worker, ask, graphql }
}

/** Waits until the answer says that nobody can tell the lag, and for this cause alone. */
const untilLagIsUnknown = (ask: () => Promise<Answer>, cause: string) =>
  eventually(async () => {
    const { lag, freshness } = await ask()
    expect(lag).toBeNull()
    expect(freshness).toMatchObject({ lag: null, isComplete: false, incompleteReasons: [{ cause }] })
  })

test('what an open transaction keeps from being read counts as unread, and the answer names the transaction', async () => {
  const { deployment, feed, ask, graphql } = await counted(2)
  const before = await ask()
  const transaction = await openTransaction(deployment, 0, 10)
  await feed.logins(50)
  const unread = await eventually(async () => {
    const answer = await ask()
    const [first, second] = answer.partitions
    expect(second).toMatchObject({ lag: 0, openTransactions: [], incompleteReasons: [] })
    expect(first?.lag).toBeGreaterThan(10)
    return answer
  })
  const [first] = unread.partitions
  const stable = before.partitions[0]?.endOffset
  expect(first).toMatchObject({
    stableOffset: stable,
    openTransactions: [{ firstOffset: stable }],
    incompleteReasons: [{ cause: 'OPEN_TRANSACTION' }],
  })
  const producer = first?.openTransactions?.[0]
  expect(Date.parse(producer?.lastWriteAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
  expect(producer?.transactionalId).toBe(`${deployment.config.kafka.topic} open`)
  expect(Date.parse(producer?.since ?? '')).toBeGreaterThan(Date.now() - 60_000)
  expect(unread).toMatchObject({
    lag: first?.lag,
    freshness: {
      lag: first?.lag,
      isComplete: false,
      incompleteReasons: [{ cause: 'OPEN_TRANSACTION', partition: 0, offsets: first?.lag }],
    },
  })
  expect(unread.freshness.incompleteReasons[0]?.message).toContain(
    `producer ${producer?.producerId} (transactional.id "${producer?.transactionalId}"), open since ${producer?.since}`,
  )
  // The workflow tells it as of the slice that ended last.
  await graphql('mutation { pauseIngestion(reason: "a look") { __typename } }')
  const statuses = await partitionStatuses(await temporalClient(deployment), deployment)
  expect(statuses).toMatchObject([
    { state: 'paused', lag: first?.lag },
    { state: 'paused', lag: 0 },
  ])
  await graphql('mutation { resumeIngestion(reason: "seen") { __typename } }')
  await transaction.abort()
  await expectExact(deployment, feed.truth)
  await eventually(async () => {
    expect((await ask()).freshness).toEqual({ lag: 0, isComplete: true, incompleteReasons: [] })
  })
})

test('a topic that was created anew is unread whole, until an operator accepts the loss', async () => {
  const { deployment, feed, ask, graphql } = await counted(2)
  await recreateTopic(deployment, 2)
  await eventually(async () => {
    expect((await ask()).freshness).toMatchObject({
      lag: 0,
      isComplete: false,
      incompleteReasons: [{ cause: 'TOPIC_RECREATED' }, { cause: 'TOPIC_RECREATED' }],
    })
  })
  // Fewer than were counted of the old one.
  await createFeed(deployment, 2).logins(40)
  await eventually(async () => {
    const { lag, partitions, freshness } = await ask()
    expect({ lag, freshness: freshness.lag }).toEqual({ lag: 40, freshness: 40 })
    expect(partitions.reduce((sum, one) => sum + (one.lag ?? 0), 0)).toBe(40)
  })
  const client = await temporalClient(deployment)
  // The command is for the partitions that are halted by then.
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses.map(({ state }) => state)).toEqual(['halted', 'halted'])
  })
  const answer = await graphql(
    'mutation { acceptOffsetLoss(reason: "known") { __typename ... on Error { message } } }',
  )
  expect(answer).toEqual({ acceptOffsetLoss: { __typename: 'IngestionCommandSuccess' } })
  await eventually(async () => {
    expect((await ask()).freshness).toEqual({ lag: 0, isComplete: true, incompleteReasons: [] })
  })
  expect(feed.truth.totals().logins).toBe(100)
})

test('a topic with fewer partitions than before, or none at all, is not complete', async () => {
  const { deployment, ask } = await counted(2)
  await recreateTopic(deployment, 1)
  await eventually(async () => {
    expect((await ask()).freshness.incompleteReasons).toMatchObject([
      { cause: 'TOPIC_RECREATED', partition: 0 },
      { cause: 'PARTITION_GONE', partition: 1 },
    ])
  })
  await withAdmin(deployment, (admin, topic) => admin.deleteTopics({ topics: [topic] }))
  await untilLagIsUnknown(ask, 'KAFKA_UNKNOWN')
})

test('a log that ends before the checkpoint has no known lag and is not complete', async () => {
  const { deployment, worker, ask } = await counted(1)
  worker.signal('SIGTERM')
  await worker.exited
  // As after Kafka was restored from an older copy.
  await deployment.sql`update partition_checkpoint set next_offset = next_offset + 10`
  await untilLagIsUnknown(ask, 'LOG_TRUNCATED')
})

test('logins of a partition that was just added are unread until they are counted', async () => {
  const { deployment, feed, worker, ask } = await counted(1)
  worker.signal('SIGTERM')
  await worker.exited
  await withAdmin(deployment, (admin, topic) =>
    admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }),
  )
  await createFeed(deployment, 2).lost(60)
  await eventually(async () => {
    const { lag, partitions } = await ask()
    expect(lag).toBe(60)
    expect(partitions[1]?.lag).toBeGreaterThan(0)
  })
  expect(feed.truth.totals().logins).toBe(100)
})

/** Sends logins to a partition in a transaction that is left open. */
async function openTransaction({ kafka, config }: Deployment, partition: number, count: number) {
  const { topic } = config.kafka
  const producer = await transactionalProducer(kafka, `${topic} open`)
  const transaction = await producer.transaction()
  const source = createLoginSource({ seed: 7, users: 10 })
  const messages = Array.from({ length: count }, () => {
    const { key, value } = source.next(Math.floor(Date.now() / 1000))
    return { key, value, partition }
  })
  await transaction.send({ topic, messages })
  return transaction
}
