import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { type Held, partitionsOf, untilSpread } from '../support/deployment/spread.ts'

const PARTITIONS = 6
const A_SLICE_MS = 75_000
const options = { timeout: 240_000 }

test('partitions of a worker that is killed are read by others within 15 seconds', options, async () => {
  const { deployment, feed, victim, held, others, endFeed } = await sharedIngestion()
  await victim.kill()
  await expectTakenOver(deployment, victim, held, 15_000)
  await untilSpread(deployment, others, PARTITIONS, A_SLICE_MS)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

test(
  'a worker that is told to stop exits with 0, and its partitions go on elsewhere at once',
  options,
  async () => {
    const { deployment, feed, victim, held, others, endFeed } = await sharedIngestion()
    victim.signal('SIGTERM')
    // Sooner than any heartbeat time-out (8 s).
    await expectTakenOver(deployment, victim, held, 5_000)
    expect(await victim.exited).toBe(0)
    await untilSpread(deployment, others, PARTITIONS, A_SLICE_MS)
    await endFeed()
    await expectExact(deployment, feed.truth)
  },
)

test(
  'partitions of a frozen worker are read by others within 15 seconds, and it gets its share again once it goes on',
  options,
  async () => {
    const { deployment, feed, victim, held, others, endFeed } = await sharedIngestion()
    victim.signal('SIGSTOP')
    await expectTakenOver(deployment, victim, held, 15_000)
    victim.signal('SIGCONT')
    await untilSpread(deployment, [victim, ...others], PARTITIONS, A_SLICE_MS)
    await endFeed()
    await expectExact(deployment, feed.truth)
  },
)

/** Three workers share the partitions under load; the victim holds two of them. */
async function sharedIngestion() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: String(PARTITIONS) })
  const feed = createFeed(deployment)
  const workers = [1, 2, 3].map(() => deployment.start('worker/main.ts'))
  const endFeed = feed.steadily(200)
  await untilSpread(deployment, workers, PARTITIONS, A_SLICE_MS)
  // Past the first slices, which last a second: nothing changes hands now by itself.
  await eventually(async () => {
    const [row] = await deployment.sql`
      select min(extract(epoch from clock_timestamp() - claimed_at))::float8 as age from partition_checkpoint`
    expect(row?.['age']).toBeGreaterThan(2)
  })
  const [victim, ...others] = workers
  if (victim === undefined) throw new Error('no worker was started')
  return { deployment, feed, victim, others, held: await partitionsOf(deployment, victim), endFeed }
}

/** Others hold the partitions, and have counted more than was counted before. */
async function expectTakenOver(
  { sql }: Deployment,
  { pid }: RoleProcess,
  held: Held[],
  withinMs: number,
): Promise<void> {
  expect(held.length).toBe(PARTITIONS / 3)
  await eventually(async () => {
    const rows = await sql<{ partition: number; offset: number }[]>`
      select partition, next_offset::integer as offset from partition_checkpoint
      where worker not like ${`${pid}@%`}`
    const offsets = new Map(rows.map(({ partition, offset }) => [partition, offset]))
    for (const { partition, offset } of held) expect(offsets.get(partition)).toBeGreaterThan(offset)
  }, withinMs)
}
