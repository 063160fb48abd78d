import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import type { RoleProcess } from './role-process.ts'

const PARTITIONS = 6
/** Two workers can hold what three share, so that one may go. */
const MAX_PARTITIONS = 3

test('partitions of a worker that is killed are read by others within 15 seconds', async () => {
  const { deployment, feed, victim, endFeed } = await sharedIngestion()
  const held = await partitionsOf(deployment, victim)
  await victim.kill()
  await expectTakenOver(deployment, victim, held, 15_000)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

test('a worker that is told to stop exits with 0, and its partitions go on elsewhere at once', async () => {
  const { deployment, feed, victim, endFeed } = await sharedIngestion()
  const held = await partitionsOf(deployment, victim)
  victim.signal('SIGTERM')
  // Sooner than any heartbeat time-out (8 s).
  await expectTakenOver(deployment, victim, held, 5_000)
  expect(await victim.exited).toBe(0)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

/** Three workers share the partitions under load; the victim holds some of them. */
async function sharedIngestion() {
  const deployment = await createDeployment({
    KAFKA_PARTITIONS: String(PARTITIONS),
    WORKER_MAX_PARTITIONS: String(MAX_PARTITIONS),
  })
  const feed = createFeed(deployment)
  const workers = [1, 2, 3].map(() => deployment.start('worker/main.ts'))
  const endFeed = feed.steadily(200)
  const victim = await eventually(async () => {
    const counts = await Promise.all(
      workers.map(async (worker) => ({ worker, held: await partitionsOf(deployment, worker) })),
    )
    const holders = counts.filter(({ held }) => held.length > 0)
    expect(holders.length).toBeGreaterThan(1)
    expect(holders.flatMap(({ held }) => held).length).toBe(PARTITIONS)
    // Past the first slices, which last a second: nothing changes hands now by itself.
    for (const { age, offset } of holders.flatMap(({ held }) => held)) {
      expect(age).toBeGreaterThan(2)
      expect(offset).toBeGreaterThan(0)
    }
    return holders[0]?.worker
  })
  if (victim === undefined) throw new Error('no worker holds a partition')
  return { deployment, feed, victim, endFeed }
}

type Held = { partition: number; offset: number; age: number }

async function partitionsOf({ sql }: Deployment, { pid }: RoleProcess): Promise<Held[]> {
  return await sql<Held[]>`
    select partition, next_offset::integer as offset, extract(epoch from clock_timestamp() - claimed_at)::float8 as age
    from partition_checkpoint where worker like ${`${pid}@%`} order by partition`
}

/** Others hold the partitions, and have counted more than was counted before. */
async function expectTakenOver(
  { sql }: Deployment,
  { pid }: RoleProcess,
  held: Held[],
  withinMs: number,
): Promise<void> {
  await eventually(async () => {
    const rows = await sql<{ partition: number; offset: number }[]>`
      select partition, next_offset::integer as offset from partition_checkpoint
      where worker not like ${`${pid}@%`}`
    const offsets = new Map(rows.map(({ partition, offset }) => [partition, offset]))
    for (const { partition, offset } of held) expect(offsets.get(partition)).toBeGreaterThan(offset)
  }, withinMs)
}
