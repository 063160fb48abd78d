import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { setTopicSettings } from '../support/kafka/kafka-settings.ts'

// As producers set them: none, zero, the zero times of .NET and Java, seconds, microseconds, nanoseconds, the ends of the range.
const odd = [
  '-1',
  '0',
  '1795945574',
  '1795945574123456',
  '1795945574123456789',
  '253402300800000',
  '8640000000000001',
  '9223372036854775807',
]

test("Kafka's timestamp decides no record's fate: what is no login is a reject, a login counts, and the raw number is kept", async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await setTopicSettings(deployment.kafka, deployment.config.kafka.topic, {
    'message.timestamp.before.max.ms': '9223372036854775807',
    'message.timestamp.after.max.ms': '9223372036854775807',
  })
  const feed = createFeed(deployment)
  await sendAt(deployment, 'no login')
  odd.forEach(() => {
    feed.truth.addReject('not_json')
  })
  await feed.logins(20)
  await sendAt(deployment, JSON.stringify(login))
  odd.forEach(() => {
    feed.truth.addSent(sent)
  })
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)

  const rows = await deployment.sql<{ timestamp: string }[]>`
    select record_timestamp::text as timestamp from rejected_login order by kafka_offset`
  expect(rows.map(({ timestamp }) => timestamp)).toEqual(odd)
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  const { rejectedRecords } = (await ask(`{
    rejectedRecords { edges { node { offset recordedAt recordTimestamp } } }
  }`)) as { rejectedRecords: { edges: { node: { recordedAt: string | null; recordTimestamp: string } }[] } }
  const shown = rejectedRecords.edges.map(({ node }) => node).reverse()
  expect(shown.map(({ recordTimestamp }) => recordTimestamp)).toEqual(odd)
  expect(shown.map(({ recordedAt }) => recordedAt)).toEqual([
    null,
    '1970-01-01T00:00:00.000Z',
    '1970-01-21T18:52:25.574Z',
    ...[null, null, null, null, null],
  ])
  // Nobody's clock is ahead: a timestamp of another unit says nothing about when its record arrived.
  const [late] = await deployment.sql`select sum(lateness[1])::integer as ahead from login_count_delta`
  expect(late).toEqual({ ahead: 0 })
})

const timestampSeconds = Math.floor(Date.now() / 1000) - 5
const login = {
  user_id: 'u',
  device_id: 'd',
  ip: '10.1.2.3',
  locale: 'RI',
  app_version: '2.3.0',
  device_type: 'iOS',
  timestamp: timestampSeconds,
}
const sent = {
  userId: 'u',
  deviceId: 'd',
  ip: '10.1.2.3',
  locale: 'RI',
  appVersion: '2.3.0',
  deviceType: 'iOS',
  timestampSeconds,
} as const

async function sendAt({ kafka, config }: Deployment, value: string): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  for (const timestamp of odd)
    await producer.send({ topic: config.kafka.topic, messages: [{ value, timestamp }] })
  await producer.disconnect()
}
