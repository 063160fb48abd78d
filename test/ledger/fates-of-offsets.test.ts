import { expect, test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { askOf, fatesOf } from '../support/ledger/events-of-batch.ts'

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
