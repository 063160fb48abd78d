import { expect, onTestFinished, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { graphqlOf, portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { LOGINS, marksIn, sendMarked } from '../support/identity/marked-values.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { type ReceivedSpan, startSpanReceiver } from '../support/traces/span-receiver.ts'

const CONSUMER = 5
const TRACE = '0af7651916cd43dd8448eb211c80319c'

test('a collector gets each request with its statements and the node that answered, and each batch with its steps, and nobody by name', async () => {
  const receiver = await startSpanReceiver()
  onTestFinished(receiver.close)
  const traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20key',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    TRACES_PER_SECOND: '1000',
  }
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { topic } = deployment.config.kafka
  await sendMarked(deployment)
  const worker = deployment.start('worker/main.ts', traced)
  const api = deployment.start('api/main.ts', { ...traced, TRUSTED_PROXIES: HOST })
  const ask = await graphqlOf(api)
  const port = await portOf(api)
  await eventually(async () => {
    expect(await ask('{ ingestion { lag } }')).toEqual({ ingestion: { lag: 0 } })
  }, 60_000)
  await ask(
    '{ measures(from: "2026-01-01", attempts: ALL, filter: {users: ["mark-user"]}) { total { devices } } }',
  )
  const subscription = await subscribe(port, 'subscription { ingestion { lag } }', {
    'x-request-id': 'request-of-a-test',
  })
  await eventually(() => {
    expect(subscription.events.length).toBeGreaterThan(0)
  })
  subscription.close()
  await fetch(`http://${HOST}:${port}/graphql?query=%7Bingestion%7Bstate%20lag%7D%7D`, {
    headers: { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, 'x-request-id': 'mark-user@example.com' },
  })
  await ask('mutation { pauseIngestion(reason: "mark-reject") { __typename } }')

  worker.signal('SIGTERM')
  api.signal('SIGTERM')
  expect([await worker.exited, await api.exited]).toEqual([0, 0])

  const { spans } = receiver
  const named = (name: string) => spans.filter((span) => span.name === name)
  const partsOf = ({ traceId, spanId }: ReceivedSpan) =>
    spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId)

  const batches = named(`process ${topic}`)
  const [batch] = batches.filter(({ attributes }) => attributes['messaging.kafka.offset'] === 0)
  expect(batch).toMatchObject({
    ...{ service: 'rollcall-worker', kind: CONSUMER, parentSpanId: '', isError: false },
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': '0',
    },
  })
  const steps = partsOf(batch ?? expect.fail('no batch'))
  expect(steps.map(({ name }) => name)).toEqual([`fetch ${topic}`, 'decode', 'commit', 'publish'])
  const [row] = await deployment.sql<{ id: string }[]>`select id::text from batch order by from_offset`
  expect(steps[2]?.attributes).toMatchObject({
    'db.system.name': 'postgresql',
    'rollcall.batch.id': row?.id,
    'rollcall.batch.attempts': LOGINS,
    'rollcall.batch.rejects': 1,
  })
  for (const step of steps) {
    expect(step.startNs).toBeGreaterThanOrEqual(batch?.startNs ?? 0n)
    expect(step.endNs - step.startNs).toBeLessThan(60_000_000_000n)
  }
  const [link] = batch?.links ?? []
  expect(batch?.links).toHaveLength(1)
  const slice = named('ingestSlice').find(({ spanId }) => spanId === link?.spanId)
  expect(slice?.traceId).toBe(link?.traceId)
  expect(slice?.attributes['temporal.workflow.id']).toContain(topic)

  const requests = spans.filter(({ name }) => / \/graphql$/.test(name))
  const [question] = requests.filter(({ traceId }) => traceId === TRACE)
  expect(question).toMatchObject({
    ...{ service: 'rollcall-api', name: 'GET /graphql', parentSpanId: 'b7ad6b7169203331' },
    attributes: {
      'graphql.operation.type': 'query',
      'rollcall.fields': ['ingestion'],
      'http.response.status_code': 200,
      'rollcall.node': expect.stringMatching(/^(replica|primary) 127\.0\.0\.1:\d+$/) as string,
    },
  })
  expect(question?.attributes['rollcall.request.id']).toMatch(/^[0-9a-f-]{36}$/)
  const statements = partsOf(question ?? expect.fail('no question'))
  // Ingestion is read on any node, and asks the primary about workers as well.
  const nodeOf = ({ attributes }: (typeof statements)[number]) => [
    attributes['rollcall.node.role'],
    attributes['server.port'],
  ]
  const progress =
    statements.find(({ name }) => name === 'readProgress') ?? expect.fail('no progress was read')
  expect(progress.attributes).toMatchObject({
    ...{ 'db.system.name': 'postgresql', 'db.query.summary': 'readProgress', 'server.address': '127.0.0.1' },
    'rollcall.node.role': expect.stringMatching(/^(replica|primary)$/) as string,
  })
  const opened = statements.filter(({ name }) => name === 'open snapshot')
  expect(opened.map(nodeOf)).toContainEqual(nodeOf(progress))
  expect(opened.map(({ attributes }) => attributes['rollcall.node.opened'])).toEqual(opened.map(() => 'yes'))
  const [subscribed] = requests.filter(
    ({ attributes }) => attributes['rollcall.request.id'] === 'request-of-a-test',
  )
  const executions = named('subscription')
  expect(executions.length).toBeGreaterThan(0)
  for (const execution of executions) {
    expect(execution.links).toEqual([{ traceId: subscribed?.traceId, spanId: subscribed?.spanId }])
    expect(execution.parentSpanId).toBe('')
  }
  const [command] = requests.filter(({ attributes }) => attributes['graphql.operation.type'] === 'mutation')
  expect(command?.attributes['rollcall.fields']).toEqual(['pauseIngestion'])

  expect(new Set(receiver.headers.map((headers) => headers['x-key']))).toEqual(new Set(['a key']))
  expect(receiver.text()).toContain('"deployment.environment.name"')
  expect(marksIn(receiver.text())).toEqual([])
})

test('a collector that is away stops nothing: a worker counts on, says so once, and ends in time', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2', BATCH_MAX_RECORDS: '50' })
  const feed = createFeed(deployment)
  const receiver = await startSpanReceiver()
  await receiver.close()
  const worker = deployment.start('worker/main.ts', {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    TRACES_PER_SECOND: '10000',
  })
  const stopFeed = feed.steadily(500)
  const complaints = () =>
    worker.log().filter(({ message }) => String(message).startsWith('traces cannot be delivered'))
  await eventually(() => {
    expect(complaints()).toHaveLength(1)
  }, 60_000)
  await stopFeed()
  await eventually(async () => {
    const [row] = await deployment.sql<{ records: number }[]>`
      select sum(next_offset)::integer as records from partition_checkpoint`
    expect(row?.records).toBe(feed.truth.totals().logins)
  })
  worker.signal('SIGTERM')
  expect(await worker.exited).toBe(0)
  expect(complaints()).toHaveLength(1)
})
