import { expect, test } from 'vitest'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { setTopicSettings } from '../support/kafka/kafka-settings.ts'
import { startRedrive } from '../support/ledger/start-redrive.ts'

const MIB = 1024 * 1024
const PAD = 'x'.repeat(9 * MIB)

test('a reject that was too large to be kept whole is read from Kafka again when it is redriven', async () => {
  const { deployment, feed } = await withLargeReject()
  deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: String(16 * MIB) })
  expect(await redrive(deployment)).toMatchObject({ examined: 1, logins: 1, failures: [] })
  await expectExact(deployment, feed.truth)
})

test('a reject that was too large to be kept whole stays one when its record is gone from Kafka, and its history says so', async () => {
  const { deployment } = await withLargeReject()
  await deleteRecords(deployment.kafka, deployment.config.kafka.topic, 0, 11)
  deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: String(16 * MIB) })
  expect(await redrive(deployment)).toMatchObject({ examined: 1, logins: 0, failures: [] })
  const attempts = await deployment.sql`select outcome, detail from redrive_attempt`
  expect([...attempts]).toEqual([
    { outcome: 'too_large', detail: 'it was too large to be kept whole, and its record is gone from Kafka' },
  ])
})

/** Ten logins, then one of 9 MiB that was rejected, and no worker. */
async function withLargeReject() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { topic, processedTopic } = deployment.config.kafka
  for (const name of [topic, processedTopic])
    await setTopicSettings(deployment.kafka, name, { 'max.message.bytes': String(20 * MIB) })
  const feed = createFeed(deployment)
  await feed.logins(10)
  const worker = deployment.start('worker/main.ts')
  await feed.loginOf('large', { pad: PAD })
  await eventually(async () => {
    const rows =
      await deployment.sql`select kafka_offset::integer as offset, cut is not null as cut from rejected_login`
    expect([...rows]).toEqual([{ offset: 10, cut: true }])
  })
  worker.signal('SIGTERM')
  await worker.exited
  return { deployment, feed }
}

const redrive = async (deployment: Deployment): Promise<unknown> =>
  await (await startRedrive(deployment)).result()
