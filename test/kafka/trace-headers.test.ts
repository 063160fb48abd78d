import { expect, onTestFinished, test } from 'vitest'
import { replayBatchId, replayUpdate } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { readTopic } from '../support/kafka/read-topic.ts'
import { untilParked } from '../support/ledger/ledger.ts'
import { startRedrive } from '../support/ledger/start-redrive.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

const traceparent = (n: number) => `00-${String(n).padStart(32, 'a')}-b7ad6b7169203331-01`
const LARGE = 2_000

test('the trace of a record goes on with its enriched copy, also after a crash, a replay and a redrive; a malformed one ends, but not in its dead letter', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', LOGIN_MAX_BYTES: '1000' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id <> 'refused')`
  await send(deployment, {
    plain: {},
    traced: { traceparent: traceparent(1), tracestate: 'rojo=00f067aa0ba902b7,congo=t61' },
    'traced-by-two-lists': {
      traceparent: traceparent(2),
      tracestate: ['a=1', 'b=2'],
      other: 'kept by nobody',
    },
    malformed: { traceparent: traceparent(3).toUpperCase(), tracestate: 'rojo=1' },
    'malformed-state': { traceparent: traceparent(4), tracestate: 'ROJO' },
  })
  const crashing = deployment.start('test/support/deployment/worker-that-crashes.ts', {
    CRASH_STEP: 'after_postgres_commit',
  })
  await crashing.exited
  const worker = deployment.start('worker/main.ts')
  const asSent = {
    plain: {},
    traced: { traceparent: traceparent(1), tracestate: 'rojo=00f067aa0ba902b7,congo=t61' },
    'traced-by-two-lists': { traceparent: traceparent(2), tracestate: 'a=1,b=2' },
    malformed: {},
    'malformed-state': { traceparent: traceparent(4) },
  }
  await eventually(async () => {
    expect(await tracesOf(deployment)).toEqual(asSent)
  })

  await send(deployment, {
    refused: { traceparent: traceparent(5) },
    large: { traceparent: traceparent(6), tracestate: 'a=1' },
    last: { traceparent: traceparent(7) },
  })
  const [parked] = await untilParked(deployment, 1)
  await deployment.sql`alter table login drop constraint refuses_users`
  const { topic, dlqTopic } = deployment.config.kafka
  const client = await temporalClient(deployment)
  const handle = client.workflow.getHandle(
    replayBatchId({
      topic,
      partition: 0,
      incarnation: 0,
      from: String(parked?.from),
      to: String(parked?.to),
    }),
  )
  await handle.executeUpdate(replayUpdate, { args: ['mended'] })
  worker.signal('SIGTERM')
  await worker.exited
  deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: String(2 * LARGE) })
  expect(await (await startRedrive(deployment)).result()).toMatchObject({ logins: 1 })
  expect(await tracesOf(deployment)).toEqual({
    ...asSent,
    refused: { traceparent: traceparent(5) },
    large: { traceparent: traceparent(6), tracestate: 'a=1' },
    last: { traceparent: traceparent(7) },
  })
  const [dead] = await readTopic(deployment.kafka, dlqTopic)
  expect(dead?.headers).toMatchObject({ traceparent: traceparent(6), tracestate: 'a=1' })
})

type Headers = Record<string, string | string[]>

/** Sends a login of each user, with headers, in one batch of records. */
async function send({ kafka, config }: Deployment, users: Record<string, Headers>): Promise<void> {
  const producer = kafka.producer()
  onTestFinished(() => producer.disconnect())
  await producer.connect()
  const messages = Object.entries(users).map(([user_id, headers]) => ({
    headers,
    value: JSON.stringify({
      ...{ user_id, device_id: 'd', ip: '192.0.2.1', timestamp: Math.floor(Date.now() / 1_000) },
      ...(user_id === 'large' ? { pad: 'x'.repeat(LARGE) } : {}),
    }),
  }))
  await producer.send({ topic: config.kafka.topic, messages })
}

/** What readers see of the traces of enriched logins, by user. */
async function tracesOf({ kafka, config }: Deployment): Promise<Record<string, Headers>> {
  const records = await readTopic(kafka, config.kafka.processedTopic)
  return Object.fromEntries(
    records
      .filter(({ value }) => String(value).includes('"type":"login"'))
      .map(({ key, headers }) => {
        const { 'rollcall-source': source, 'rollcall-schema-version': version, ...others } = headers
        expect([source?.startsWith(`${config.kafka.topic}/0/`), version]).toEqual([true, '1'])
        return [String(key), others]
      }),
  )
}
