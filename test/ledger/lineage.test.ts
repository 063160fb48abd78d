import { expect, test } from 'vitest'
import { loadConfig } from '../../config/config.ts'
import { createKafka } from '../../kafka/client.ts'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import {
  allEvents,
  answer,
  type Ask,
  askOf,
  codeOf,
  type Event,
  eventsPage,
  fatesOf,
} from '../support/ledger/events-of-batch.ts'

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
