import { expect, test } from 'vitest'
import type { OddRecord } from '../../generator/garbage.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { readTopic } from '../support/kafka/read-topic.ts'

// One partition: the record at index `i` has offset `i`. Retention keeps the late login as a row.
const onePartition = { KAFKA_PARTITIONS: '1', LOGIN_RETENTION_DAYS: '60' }

test('every odd record ends as the login or the reject it should, and the partition goes on', async () => {
  const deployment = await createDeployment(onePartition)
  const feed = createFeed(deployment)
  deployment.start('worker/main.ts')
  const records = await feed.garbage()
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  expect(await keptLogins(deployment, records.length)).toEqual(records.flatMap(expectedLogin))
  const rejects = records.flatMap(expectedReject)
  expect(await keptRejects(deployment)).toEqual(rejects)
  expect(await deadLetters(deployment)).toEqual(rejects)
})

test('a reject keeps the key, the headers and the order in which they came', async () => {
  const deployment = await createDeployment(onePartition)
  const producer = deployment.kafka.producer()
  await producer.connect()
  const original = { key: 'a key', value: 'no login', headers: { trace: ['first', 'second'], empty: '' } }
  await producer.send({ topic: deployment.config.kafka.topic, messages: [original] })
  await producer.disconnect()
  const feed = createFeed(deployment)
  feed.truth.addReject('not_json')
  await feed.logins(1)
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)
  const [row] = await deployment.sql`select convert_from(key, 'UTF8') as key, headers from rejected_login`
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  expect(row).toEqual({
    key: 'a key',
    headers: [
      ['trace', base64('first')],
      ['trace', base64('second')],
      ['empty', ''],
    ],
  })
  const [letter] = await readTopic(deployment.kafka, deployment.config.kafka.dlqTopic)
  expect(letter).toMatchObject({
    key: 'a key',
    value: Buffer.from('no login'),
    headers: { trace: 'first,second', empty: '', 'rollcall-reason': 'not_json' },
  })
})

type Reject = { offset: number; key: string; value: string | null; reason: string }

const expectedReject = ({ value, expect }: OddRecord, offset: number): Reject[] =>
  expect.ok
    ? []
    : [{ offset, key: `garbage ${offset}`, value: value?.toString('hex') ?? null, reason: expect.reason }]

const expectedLogin = ({ expect }: OddRecord, offset: number) =>
  expect.ok ? [{ offset, ...expect.login }] : []

async function keptLogins({ sql }: Deployment, count: number) {
  const rows = await sql`
    select kafka_offset::integer as offset, user_id as "userId", (extract(epoch from event_at) * 1000)::float8 as "eventTimeMs",
           device_type as "deviceType", app_version as "appVersion", locale, outcome, host(ip) as ip
    from login where kafka_offset < ${count} order by kafka_offset`
  return [...rows]
}

async function keptRejects({ sql }: Deployment): Promise<Reject[]> {
  const rows = await sql<Reject[]>`
    select kafka_offset::integer as offset, convert_from(key, 'UTF8') as key, encode(value, 'hex') as value, reason
    from rejected_login order by kafka_offset`
  return [...rows]
}

async function deadLetters({ kafka, config }: Deployment): Promise<Reject[]> {
  const letters = await readTopic(kafka, config.kafka.dlqTopic)
  return letters
    .map(({ key, value, headers }) => ({
      offset: Number(headers['rollcall-source']?.split('/').at(-1)),
      key: key ?? '',
      value: value?.toString('hex') ?? null,
      reason: headers['rollcall-reason'] ?? '',
    }))
    .sort((a, b) => a.offset - b.offset)
}
