import { createHash } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { setTopicSettings } from '../support/kafka/kafka-settings.ts'
import { readTopic, type TopicRecord } from '../support/kafka/read-topic.ts'

const MIB = 1024 * 1024
const digestOf = (value: string | Buffer): string => createHash('sha256').update(value).digest('hex')

test('records of up to 8 MiB are rejected with all their bytes', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  const large = [1, 5, 7].map((mebibytes) => String(mebibytes).repeat(mebibytes * MIB))
  await setTopicSettings(deployment.kafka, deployment.config.kafka.topic, largest(8 * MIB))
  await feed.logins(50)
  for (const value of large) await send(deployment, { value })
  large.forEach(() => {
    feed.truth.addReject('too_large')
  })
  await feed.logins(50)
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)
  const digests = large.map(digestOf)
  const kept = await deployment.sql<{ value: Buffer; cut: unknown }[]>`
    select value, cut from rejected_login order by kafka_offset`
  expect(kept.map(({ value }) => digestOf(value))).toEqual(digests)
  expect(kept.map(({ cut }) => cut)).toEqual([null, null, null])
  const letters = await lettersOf(deployment)
  expect(letters.map(({ value }) => digestOf(value ?? ''))).toEqual(digests)
})

test('no record is too large to be buried, and those behind it are counted: what does not fit is kept as its beginning, size and digest', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { topic, dlqTopic } = deployment.config.kafka
  const feed = createFeed(deployment)
  // As a topic is that somebody else made.
  await setTopicSettings(deployment.kafka, dlqTopic, largest(MIB))
  await setTopicSettings(deployment.kafka, topic, largest(16 * MIB))
  const bomb = JSON.stringify({ user_id: 'u', pad: 'x'.repeat(105 * MIB) })
  const several = Array.from({ length: 3_000 }, (_, i) => `header-${i}`)
  await feed.logins(50)
  await sendCompressed(deployment, bomb)
  await send(deployment, { value: 'y'.repeat(3 * MIB) })
  await send(deployment, { key: Buffer.alloc(9 * MIB, 1), value: 'a large key' })
  await send(deployment, { value: 'many headers', headers: headersOf(several, 'z'.repeat(4_000)) })
  const reasons = ['too_large', 'too_large', 'not_json', 'not_json'] as const
  for (const reason of reasons) feed.truth.addReject(reason)
  await feed.logins(50)
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)

  const rows = await deployment.sql<{ bytes: number; cut: Record<string, unknown> | null }[]>`
    select octet_length(value) as bytes, cut from rejected_login order by kafka_offset`
  const none = { keyBytes: null, valueBytes: null, valueSha256: null, headers: null }
  expect([...rows]).toEqual([
    { bytes: 4_096, cut: { ...none, valueBytes: bomb.length, valueSha256: digestOf(bomb) } },
    { bytes: 3 * MIB, cut: null },
    { bytes: 11, cut: { ...none, keyBytes: 9 * MIB } },
    { bytes: 12, cut: { ...none, headers: 3_000 } },
  ])
  const [first, second, third, fourth] = await lettersOf(deployment)
  expect(first?.value?.toString()).toBe(bomb.slice(0, 4_096))
  expect(first?.headers).toMatchObject({
    'rollcall-reason': 'too_large',
    'rollcall-cut': 'value',
    'rollcall-value-bytes': String(bomb.length),
    'rollcall-value-sha256': digestOf(bomb),
    'rollcall-source': `${topic}/0/50`,
  })
  // Whole in the database; the topic takes 1 MiB.
  expect(second?.headers).toMatchObject({ 'rollcall-cut': 'value', 'rollcall-value-bytes': String(3 * MIB) })
  expect(third?.headers).toMatchObject({ 'rollcall-cut': 'key', 'rollcall-key-bytes': String(9 * MIB) })
  expect(third?.value?.toString()).toBe('a large key')
  expect(fourth?.headers).toMatchObject({ 'rollcall-cut': 'headers', 'rollcall-header-count': '3000' })

  const ask = await graphqlOf(deployment.start('api/main.ts'))
  expect(
    await ask(`{ rejectedRecords(last: 1) { nodes: edges { node {
      offset isWhole valueBytes valueSha256 } } } }`),
  ).toEqual({
    rejectedRecords: {
      nodes: [
        { node: { offset: '50', isWhole: false, valueBytes: bomb.length, valueSha256: digestOf(bomb) } },
      ],
    },
  })
})

test('a login whose enriched copy the output topic does not take is a reject, and the partition goes on', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await setTopicSettings(deployment.kafka, deployment.config.kafka.processedTopic, {
    'max.message.bytes': '40000',
  })
  const feed = createFeed(deployment)
  await feed.logins(50)
  await feed.loginOf('fits', { pad: 'x'.repeat(20_000) })
  const login = { user_id: 'u', device_id: 'd', ip: '10.1.2.3', timestamp: Math.floor(Date.now() / 1000) }
  await feed.reject(JSON.stringify({ ...login, pad: 'x'.repeat(50_000) }), 'too_large')
  await feed.logins(50)
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)
  const [row] = await deployment.sql`select detail from rejected_login`
  expect(row?.['detail']).toMatch(/its enriched copy takes \d+ bytes; the output topic takes .* 40000/)
})

const largest = (bytes: number) => ({ 'max.message.bytes': String(bytes) })

type Sent = { key?: Buffer; value: string; headers?: Record<string, string> }

async function send({ kafka, config }: Deployment, message: Sent): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  // With the partition: kafkajs would hash a large key for minutes.
  await producer.send({ topic: config.kafka.topic, messages: [{ ...message, partition: 0 }] })
  await producer.disconnect()
}

/** In a record batch of some kilobytes. */
async function sendCompressed({ kafka, config }: Deployment, value: string): Promise<void> {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => Promise.resolve(zstdCompressSync(encoder.buffer)),
    decompress: () => Promise.reject(new Error('only for sending')),
  })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({
    topic: config.kafka.topic,
    compression: CompressionTypes.ZSTD,
    messages: [{ value }],
  })
  await producer.disconnect()
}

const headersOf = (names: string[], value: string) => Object.fromEntries(names.map((name) => [name, value]))

/** The dead letters in order of their source. */
async function lettersOf({ kafka, config }: Deployment): Promise<TopicRecord[]> {
  const offsetOf = ({ headers }: TopicRecord) => Number(headers['rollcall-source']?.split('/').at(-1))
  return (await readTopic(kafka, config.kafka.dlqTopic)).sort((a, b) => offsetOf(a) - offsetOf(b))
}
