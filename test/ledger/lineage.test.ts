import { expect, test } from 'vitest'
import { createReadBack } from '../../api/sources/read-back.ts'
import { loadConfig } from '../../config/config.ts'
import { createKafka, type Kafka } from '../../kafka/client.ts'
import { readRecords } from '../../kafka/read/read-records.ts'
import { type Answer, createApi, refusalIn } from '../support/api/api-fixture.ts'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'

type Ask = (query: string) => Promise<Answer>
type Event = { offset: string; attempt: object | null; reject: object | null }
type Page = {
  source: string
  nodes: Event[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string }
  totalCount: object
}

const ATTEMPT = `{ partition offset batchId eventAt userId deviceId ip ipScope locale localeKind appVersion deviceType outcome
  eventId failureReason sessionId extra }`

/** The API of a deployment; `kafka` is where it reads batches back. */
function askOf({ config }: Deployment, kafka: Kafka): { ask: Ask; close: () => Promise<void> } {
  const readBack = createReadBack({
    readRecords: (range, limit) => readRecords(kafka, range, limit),
  })
  const api = createApi({ url: config.database.url, replicaUrls: [] }, { readBack })
  return { ask: api.ask, close: () => api.router.close() }
}

async function answer<T>(ask: Ask, query: string): Promise<T> {
  const { data, errors } = await ask(`{ result: ${query} }`)
  expect(errors).toBeUndefined()
  return data?.result as T
}

const eventsPage = async (ask: Ask, id: bigint, args: string) => {
  const { events } = await answer<{ events: Page }>(
    ask,
    `batch(batchId: "${id}") { events(${args}) {
      source nodes { offset attempt ${ATTEMPT} reject { reason detail } }
      pageInfo { hasNextPage hasPreviousPage endCursor } totalCount { value precision } } }`,
  )
  return events
}

/** The code of the error at the events of a batch. */
async function codeOf(ask: Ask, id: bigint, args: string): Promise<unknown> {
  const { data, errors } = await ask(`{ batch(batchId: "${id}") { batchId events(${args}) { source } } }`)
  expect(data?.batch).toEqual({ batchId: String(id), events: null })
  return refusalIn(errors).code
}

/** All events of a batch, page after page. */
async function allEvents(
  ask: Ask,
  id: bigint,
  first: number,
): Promise<{ sources: Set<string>; events: Event[] }> {
  const events: Event[] = []
  const sources = new Set<string>()
  for (let after = '', end = ''; ; after = `, after: "${end}"`) {
    const page = await eventsPage(ask, id, `first: ${first}${after}`)
    expect(page.pageInfo.hasPreviousPage).toBe(events.length > 0)
    events.push(...page.nodes)
    sources.add(page.source)
    end = page.pageInfo.endCursor
    if (page.pageInfo.hasNextPage) continue
    expect(page.totalCount).toEqual({ value: events.length, precision: 'EXACT' })
    return { sources, events }
  }
}

const batchesOf = async ({ sql }: Deployment) => [
  ...(await sql<{ id: bigint; from: bigint; logins: number; rejects: number }[]>`
    select id, from_offset as "from", logins, rejects from batch order by from_offset`),
]

test('a point of a chart leads to its batches and their events, from rows and from Kafka alike', async () => {
  const deployment = await createDeployment({
    ...{ KAFKA_PARTITIONS: '1', LOGIN_RETENTION_DAYS: '60', BATCH_MAX_RECORDS: '40' },
  })
  const { sql, kafka } = deployment
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.garbage()
  await feed.logins(80)
  await expectExact(deployment, feed.truth)
  await worker.kill()
  const { ask, close } = askOf(deployment, kafka)
  for (const { minute, deviceType, logins } of byDevice(feed.truth.counts())) {
    const filter = `filter: { deviceType: { in: ["${deviceType}"] } }`
    const found = await answer<{ attempts: number; contributions: { batchId: string; attempts: number }[] }>(
      ask,
      `lineage(from: "${minute}Z", to: "${minuteAfter(minute)}", ${filter}) {
        attempts contributions { batchId attempts } }`,
    )
    expect(found.attempts).toBe(logins)
    expect(found.contributions.reduce((sum, one) => sum + one.attempts, 0)).toBe(logins)
    for (const { batchId, attempts: added } of found.contributions)
      expect(await countAttempts(ask, batchId, minute, deviceType)).toBe(added)
  }
  const batches = await batchesOf(deployment)
  expect(batches.length).toBeGreaterThan(3)
  const fromRows = new Map<bigint, Event[]>()
  for (const { id, logins, rejects } of batches) {
    const { sources, events } = await allEvents(ask, id, 15)
    expect([...sources]).toEqual(['ROWS'])
    expect([events.filter(({ attempt }) => attempt !== null).length, events.length]).toEqual([
      logins,
      logins + rejects,
    ])
    fromRows.set(id, events)
  }
  await sql`delete from login`
  await sql`update batch set login_rows = 0`
  for (const { id, logins } of batches) {
    const { sources, events } = await allEvents(ask, id, 15)
    if (logins > 0) expect([...sources]).toEqual(['KAFKA'])
    expect(events).toEqual(fromRows.get(id))
  }
  await expectRedriven(deployment, ask)
  await expectRefusals(deployment, ask)
  await close()
})

type FateInLog = {
  fate: string
  batch: { batchId: string } | null
  attempt: object | null
  reject: object | null
}

async function fatesOf(ask: Ask, topic: string, offset: bigint): Promise<FateInLog[]> {
  const { logs } = await answer<{ logs: FateInLog[] }>(
    ask,
    `offsetFate(topic: "${topic}", partition: 0, offset: "${offset}") { logs {
      fate batch { batchId } attempt ${ATTEMPT} reject { reason detail } } }`,
  )
  return logs
}

test('every offset has its fate: in each log, with and without rows, from Kafka where rows cannot tell', async () => {
  const deployment = await createDeployment({
    ...{ KAFKA_PARTITIONS: '1', LOGIN_RETENTION_DAYS: '60', BATCH_MAX_RECORDS: '40' },
  })
  const { sql, kafka, config } = deployment
  const { topic } = config.kafka
  const producer = kafka.producer({
    transactionalId: `fate-${topic}`,
    maxInFlightRequests: 1,
    idempotent: true,
  })
  const feed = createFeed(deployment)
  await feed.garbage()
  await producer.connect()
  const aborted = await producer.transaction()
  await aborted.send({ topic, messages: [{ value: 'never seen' }] })
  await aborted.abort()
  await producer.disconnect()
  await feed.logins(20)
  const worker = deployment.start('worker/main.ts')
  const end = await eventually(async () => {
    const { logins, rejects } = feed.truth.totals()
    const [row] = await sql<{ next: bigint; counted: bigint }[]>`
      select next_offset as next, logins + rejects as counted from partition_checkpoint`
    expect(Number(row?.counted)).toBe(logins + rejects)
    return row?.next ?? 0n
  })
  await worker.kill()
  const { ask, close } = askOf(deployment, kafka)
  const askAll = async (offsets: bigint[]) => {
    const fates: string[] = []
    for (const offset of offsets) {
      const [log] = await fatesOf(ask, topic, offset)
      expect([log?.attempt !== null, log?.reject !== null]).toEqual([
        log?.fate === 'ATTEMPT',
        log?.fate === 'REJECT',
      ])
      fates.push(log?.fate ?? '')
    }
    return fates
  }
  const offsets = Array.from({ length: Number(end) }, (_, i) => BigInt(i))
  const fates = await askAll(offsets)
  const count = (fate: string) => fates.filter((one) => one === fate).length
  const { logins, rejects } = feed.truth.totals()
  // The record of the aborted transaction, and its marker.
  expect([count('ATTEMPT'), count('REJECT'), count('GAP')]).toEqual([logins, rejects, 2])
  await sql`delete from login`
  await sql`update batch set login_rows = 0`
  // Each of these opens a connection to Kafka.
  const some = offsets.filter((offset) => offset % 5n === 0n || fates[Number(offset)] === 'GAP')
  expect(await askAll(some)).toEqual(some.map((offset) => fates[Number(offset)]))
  expect(await fatesOf(ask, topic, end)).toMatchObject([{ fate: 'UNREAD', batch: null }])
  const [last] = await sql<{ id: bigint; from: bigint }[]>`
    select id, from_offset as "from" from batch order by from_offset desc limit 1`
  if (last === undefined) throw new Error('there are no batches')
  for (const status of ['parked', 'skipped']) {
    await sql`update batch set status = ${status} where id = ${last.id}`
    expect(await fatesOf(ask, topic, last.from)).toMatchObject([
      { fate: status.toUpperCase(), batch: { batchId: String(last.id) } },
    ])
  }
  await sql`update partition_checkpoint set incarnation = 1, next_offset = 0`
  expect(await fatesOf(ask, topic, end - 1n)).toMatchObject([{ fate: 'SKIPPED' }, { fate: 'UNREAD' }])
  await close()
})

/** Counts of the books by minute and device type. */
function byDevice(counts: { minute: string; deviceType: string; logins: number }[]) {
  const sums = new Map<string, { minute: string; deviceType: string; logins: number }>()
  for (const { minute, deviceType, logins } of counts) {
    const key = `${minute} ${deviceType}`
    sums.set(key, { minute, deviceType, logins: (sums.get(key)?.logins ?? 0) + logins })
  }
  return [...sums.values()]
}

const minuteAfter = (minute: string) => new Date(Date.parse(`${minute}Z`) + 60_000).toISOString()

async function countAttempts(ask: Ask, batchId: string, minute: string, deviceType: string): Promise<number> {
  const { edges } = await answer<{ edges: unknown[] }>(
    ask,
    `attempts(first: 200, from: "${minute}Z", to: "${minuteAfter(minute)}",
       filter: { batchId: "${batchId}", deviceType: { in: ["${deviceType}"] } }) { edges { cursor } }`,
  )
  return edges.length
}

/** A reject that became a login is one, by the clock with which it was redriven. */
async function expectRedriven({ sql, config }: Deployment, ask: Ask): Promise<void> {
  const [early] = await sql<{ batch: bigint; offset: bigint }[]>`
    select batch_id as batch, kafka_offset as "offset" from rejected_login where reason = 'timestamp_in_future'
    order by kafka_offset limit 1`
  if (early === undefined) throw new Error('no event was too early')
  await sql`
    insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, code_version)
    values (${early.batch}, 1, 1, 'redrive', 'c1', 1, -1, '9999-01-01', 'test')`
  await sql`update rejected_login set redriven_in = 1 where kafka_offset = ${early.offset}`
  const { events } = await allEvents(ask, early.batch, 500)
  expect(events.find(({ offset }) => offset === String(early.offset))).toMatchObject({
    attempt: {},
    reject: null,
  })
  expect(await fatesOf(ask, config.kafka.topic, early.offset)).toMatchObject([
    { fate: 'ATTEMPT', attempt: {} },
  ])
}

/** Kafka away; a batch that is not counted; records that retention took. */
async function expectRefusals(deployment: Deployment, ask: Ask): Promise<void> {
  const [first, second] = await batchesOf(deployment)
  if (first === undefined || second === undefined) throw new Error('there are no batches')
  const nowhere = loadConfig({ ...deployment.environment, KAFKA_BROKERS: '127.0.0.1:1' })
  const away = askOf(deployment, createKafka(nowhere.kafka, 'away'))
  expect(await codeOf(away.ask, first.id, 'first: 1')).toBe('KAFKA_UNAVAILABLE')
  await away.close()
  await deployment.sql`update batch set status = 'parked', logins = 0, rejects = 0, gaps = 0 where id = ${second.id}`
  const parked = await eventsPage(ask, second.id, 'first: 500')
  const events = second.logins + second.rejects
  expect([parked.source, parked.nodes.length]).toEqual(['KAFKA', events])
  expect(parked.totalCount).toEqual({ value: events, precision: 'EXACT' })
  await deleteRecords(deployment.kafka, deployment.config.kafka.topic, 0, Number(second.from))
  expect(await codeOf(ask, first.id, 'first: 1')).toBe('DATA_GONE')
  await deployment.sql`update partition_checkpoint set incarnation = 1`
  expect(await codeOf(ask, second.id, 'first: 1')).toBe('DATA_GONE')
  expect(await codeOf(ask, first.id, 'first: 501')).toBe('ANSWER_TOO_LARGE')
  expect(await codeOf(ask, first.id, 'after: "7"')).toBe('INVALID_ARGUMENT')
}
