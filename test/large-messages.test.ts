import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import { setTopicSettings } from './kafka-settings.ts'
import { readTopic } from './read-topic.ts'
import { partitionStatuses, resumePartition, temporalClient } from './temporal-client.ts'

const MIB = 1024 * 1024
const large = [1, 5].map((mebibytes) => String(mebibytes).repeat(mebibytes * MIB))

test('messages of 1 and 5 MiB are rejected with their bytes; a dead letter queue too small for them halts and says what to change', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { dlqTopic } = deployment.config.kafka
  const feed = createFeed(deployment)
  await setTopicSettings(deployment.kafka, dlqTopic, { 'max.message.bytes': String(MIB) })
  await feed.logins(50)
  await sendLarge(deployment)
  large.forEach(() => {
    feed.truth.addReject('too_large')
  })
  await feed.logins(50)
  deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  const refusal = new RegExp(
    `topic ${dlqTopic} refuses a record batch of \\d{7} bytes: raise its max.message.bytes to that or more, then resume`,
  )
  await eventually(async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status?.state).toBe('halted')
    expect(status?.reason).toMatch(refusal)
  })

  await setTopicSettings(deployment.kafka, dlqTopic, { 'max.message.bytes': String(6 * MIB) })
  await resumePartition(client, deployment, 0, 'the dead letter queue takes 6 MiB now')
  await expectExact(deployment, feed.truth)
  const digests = large.map(digestOf)
  const kept = await deployment.sql<{ value: Buffer }[]>`
    select value from rejected_login order by kafka_offset`
  expect(kept.map(({ value }) => digestOf(value))).toEqual(digests)
  const letters = await readTopic(deployment.kafka, dlqTopic)
  expect(letters.map(({ value }) => digestOf(value ?? '')).sort()).toEqual(digests.toSorted())
})

async function sendLarge({ kafka, config }: Deployment): Promise<void> {
  const { topic } = config.kafka
  await setTopicSettings(kafka, topic, { 'max.message.bytes': String(6 * MIB) })
  const producer = kafka.producer()
  await producer.connect()
  for (const value of large) await producer.send({ topic, messages: [{ value }] })
  await producer.disconnect()
}

const digestOf = (value: string | Buffer): string => createHash('sha256').update(value).digest('hex')
