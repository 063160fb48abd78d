import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createDeployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import { partitionStatuses, temporalClient } from './partition-status.ts'
import { controlPart } from './stack-control.ts'

const OUTAGE_MS = 12_000

test.for(['kafka', 'postgres'] as const)(
  '%s dying under load is waited for: said in the state and once in the log, and nothing is lost or rejected',
  async (part) => {
    const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
    const feed = createFeed(deployment)
    const client = await temporalClient(deployment)
    const worker = deployment.start('worker/main.ts')
    const endFeed = feed.steadily(100)
    await eventually(async () => {
      const [row] = await deployment.sql<
        { read: number }[]
      >`select coalesce(sum(next_offset), 0)::integer as read from partition_checkpoint`
      expect(row?.read).toBeGreaterThan(200)
    })
    await controlPart(part, 'kill')
    await eventually(async () => {
      const statuses = await partitionStatuses(client, deployment)
      expect(statuses.map(({ state }) => state)).toEqual(['waiting', 'waiting'])
      expect(statuses[0]?.reason).toMatch(part === 'kafka' ? /^Kafka: / : /^Postgres: /)
    })
    await sleep(OUTAGE_MS)
    await controlPart(part, 'start')
    await eventually(async () => {
      expect((await partitionStatuses(client, deployment)).map(({ state }) => state)).toEqual([
        'running',
        'running',
      ])
    })
    await endFeed()
    await expectExact(deployment, feed.truth)
    const warnings = worker.log().filter(({ msg }) => String(msg).includes('-> waiting'))
    expect(warnings.length).toBe(2)
  },
)

test('Temporal dying under load is waited for, said once in the log, and nothing is lost', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  const endFeed = feed.steadily(100)
  await eventually(() => {
    expect(worker.log().some(({ msg }) => msg === 'worker is running')).toBe(true)
  })
  await sleep(3_000)
  await controlPart('temporal', 'kill')
  await sleep(OUTAGE_MS)
  await controlPart('temporal', 'start')
  await endFeed()
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
  const said = (message: string) => worker.log().filter(({ msg }) => String(msg).startsWith(message)).length
  expect(said('Temporal is away')).toBe(1)
  await eventually(() => {
    expect(said('Temporal is back')).toBe(1)
  })
})

test('a broker that is frozen is waited for like one that is gone', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  deployment.start('worker/main.ts')
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
  await controlPart('kafka', 'suspend')
  await sleep(OUTAGE_MS)
  await controlPart('kafka', 'resume')
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
})
