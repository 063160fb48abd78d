import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLoginSource, type LoginMessage, type SentLogin } from '../../generator/login-source.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { endOfLog, progress } from '../support/deployment/progress.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { cleanOften, compacting, setTopicSettings } from '../support/kafka/kafka-settings.ts'
import { readTopic } from '../support/kafka/read-topic.ts'
import { recordBatchesOf } from '../support/kafka/record-batches.ts'
import { transactionalProducer } from '../support/kafka/transactional-producer.ts'

const onePartition = { KAFKA_PARTITIONS: '1', BATCH_MAX_RECORDS: '100' }
/** Several times what an idle partition waits for records. */
const SEVERAL_FETCHES_MS = 1_500

test('logins of aborted transactions are not counted, and ranges without a login are passed', async () => {
  const deployment = await createDeployment(onePartition)
  const { truth } = createFeed(deployment)
  const committed = logins(250)
  await (await sendInTransaction(deployment, committed)).commit()
  for (const { sent } of committed) truth.addSent(sent)
  await (await sendInTransaction(deployment, logins(30))).abort()
  deployment.start('worker/main.ts')
  await expectExact(deployment, truth)

  // A range of gaps alone, which ends with control records alone.
  const open = [
    await sendInTransaction(deployment, logins(1)),
    await sendInTransaction(deployment, logins(1)),
  ]
  for (const transaction of open) await transaction.abort()
  await expectExact(deployment, truth)
  await expectLedger(deployment, { logins: 250, gaps: 1 + 30 + 1 + 2 + 2 })
})

test('behind an open transaction nothing is counted; once it is decided, all goes on', async () => {
  const deployment = await createDeployment(onePartition)
  const feed = createFeed(deployment)
  deployment.start('worker/main.ts')
  for (const decision of ['commit', 'abort'] as const) {
    await feed.logins(20)
    const before = await endOfLog(deployment)
    const inside = logins(10)
    const transaction = await sendInTransaction(deployment, inside)
    await feed.logins(20)
    const whereItWaits = { read: before, published: before }
    await eventually(async () => {
      expect(await progress(deployment)).toEqual(whereItWaits)
    })
    await sleep(SEVERAL_FETCHES_MS)
    expect(await progress(deployment)).toEqual(whereItWaits)
    await transaction[decision]()
    if (decision === 'commit') for (const { sent } of inside) feed.truth.addSent(sent)
    await expectExact(deployment, feed.truth)
  }
  await expectLedger(deployment, { logins: 90, gaps: 1 + 10 + 1 })
})

test('of a compacted topic every login that is left is counted once, over all gaps', async () => {
  const deployment = await createDeployment(onePartition)
  const { kafka, config } = deployment
  const sent = await sendUntilCompacted(deployment)
  const { truth } = createFeed(deployment)
  for (const { value } of await readTopic(kafka, config.kafka.topic))
    truth.addSent(sent.get(String(value)) ?? expect.fail('a record that was never sent'))
  deployment.start('worker/main.ts')
  await expectExact(deployment, truth)
  const left = truth.totals().logins
  const gaps = (await endOfLog(deployment)) - left
  expect(gaps).toBeGreaterThan(50)
  await expectLedger(deployment, { logins: left, gaps })
})

const source = createLoginSource({ seed: 7, users: 100 })

const logins = (count: number): LoginMessage[] =>
  Array.from({ length: count }, () => source.next(Math.floor(Date.now() / 1000)))

let producers = 0

/** Sends them in a transaction of a producer of their own, which is left open. */
async function sendInTransaction({ kafka, config }: Deployment, messages: LoginMessage[]) {
  const { topic } = config.kafka
  const producer = await transactionalProducer(kafka, `${topic} ${producers++}`)
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: messages.map(({ key, value }) => ({ key, value })) })
  return transaction
}

/**
 * Sends rounds of logins of one key and a few of others, until compaction has taken most of them, and ends the
 * compaction. Returns what was sent, by the record's value.
 */
async function sendUntilCompacted(deployment: Deployment): Promise<Map<string, SentLogin>> {
  const { kafka, config } = deployment
  const { topic } = config.kafka
  await setTopicSettings(kafka, topic, compacting)
  await cleanOften(kafka)
  const producer = kafka.producer()
  await producer.connect()
  const sent = new Map<string, SentLogin>()
  const recordsLeft = async () =>
    (await recordBatchesOf(kafka, topic)).reduce((sum, { records }) => sum + records, 0)
  await eventually(async () => {
    const round = logins(25)
    for (const message of round) sent.set(message.value, message.sent)
    const messages = round.map(({ key, value }, i) => ({ key: i % 5 === 0 ? key : 'the same', value }))
    await producer.send({ topic, messages })
    expect(await recordsLeft()).toBeLessThan((await endOfLog(deployment)) - 50)
  })
  await producer.disconnect()
  await setTopicSettings(kafka, topic, {})
  // A compaction that was under way may still end.
  await eventually(async () => {
    const left = await recordsLeft()
    await sleep(SEVERAL_FETCHES_MS)
    expect(await recordsLeft()).toBe(left)
  })
  return sent
}

/** The ledger has every offset of the log once, as a login or as a gap. */
async function expectLedger(
  deployment: Deployment,
  expected: { logins: number; gaps: number },
): Promise<void> {
  const [ledger] = await deployment.sql`
    select sum(logins)::integer as logins, sum(gaps)::integer as gaps, sum(rejects)::integer as rejects,
           sum(to_offset - from_offset)::integer as offsets
    from batch`
  expect(ledger).toEqual({ ...expected, rejects: 0, offsets: await endOfLog(deployment) })
}
