import { expect, test } from 'vitest'
import { rejectReasons } from '../domain/login.ts'
import { garbage } from '../generator/garbage.ts'
import { createDeployment } from './deployment.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import { readTopic } from './read-topic.ts'

test('every kind of garbage becomes the login or the reject it should, keeps its bytes, and stops nothing', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const feed = createFeed(deployment)
  await feed.logins(100)
  await feed.garbage()
  await feed.logins(100)
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)

  const sent = garbage(Date.now(), deployment.config.ingest.loginMaxBytes)
  expect(new Set(feed.truth.rejectsByReason().map(([reason]) => reason))).toEqual(new Set(rejectReasons))
  const kept = await deployment.sql<
    { key: Buffer; value: Buffer | null }[]
  >`select key, value from rejected_login`
  const published = await readTopic(deployment.kafka, deployment.config.kafka.dlqTopic)
  for (const [i, { name, value, expect: expected }] of sent.entries()) {
    // Records that carry the time of sending differ in it; those that do not are compared byte for byte.
    if (expected.ok || value?.includes('"timestamp"')) continue
    const key = `garbage ${i}`
    expect(kept.find((row) => row.key.toString() === key)?.value, name).toEqual(value)
    expect(published.find((record) => record.key === key)?.value, name).toEqual(value)
  }
})
