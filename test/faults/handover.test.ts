import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { type Held, partitionsOf, untilSpread } from '../support/deployment/spread.ts'

const PARTITIONS = 6
const A_SLICE_MS = 75_000
/** Heartbeats are missed after 8 s (workflows/partition-activities.ts); the slice of a worker that is well lasts a minute. */
const MISSED_MS = 40_000
const BEFORE_MISSED_MS = 7_500

test(
  'partitions of a worker that is frozen or killed are read by others once its heartbeats are missed, those of one that is told ' +
    'to stop before that; a frozen one gets its share again, and one that is told to stop exits with 0',
  { timeout: 480_000 },
  async () => {
    const deployment = await createDeployment({ KAFKA_PARTITIONS: String(PARTITIONS) })
    const feed = createFeed(deployment)
    const worker = () => deployment.start('worker/main.ts')
    const [frozen, killed, stopped] = [worker(), worker(), worker()]
    const endFeed = feed.steadily(200)

    await untilAtRest(deployment, [frozen, killed, stopped])
    const ofFrozen = await partitionsOf(deployment, frozen)
    expect(ofFrozen).toHaveLength(PARTITIONS / 3)
    frozen.signal('SIGSTOP')
    await expectTakenOver(deployment, frozen, ofFrozen, MISSED_MS)
    frozen.signal('SIGCONT')

    await untilAtRest(deployment, [frozen, killed, stopped])
    const ofKilled = await partitionsOf(deployment, killed)
    expect(ofKilled).toHaveLength(PARTITIONS / 3)
    await killed.kill()
    await expectTakenOver(deployment, killed, ofKilled, MISSED_MS)

    await untilAtRest(deployment, [frozen, stopped])
    const ofStopped = await partitionsOf(deployment, stopped)
    expect(ofStopped).toHaveLength(PARTITIONS / 2)
    stopped.signal('SIGTERM')
    await expectTakenOver(deployment, stopped, ofStopped, BEFORE_MISSED_MS)
    expect(await stopped.exited).toBe(0)

    await untilSpread(deployment, [frozen], PARTITIONS, A_SLICE_MS)
    await endFeed()
    await expectExact(deployment, feed.truth)
  },
)

/** The workers share the partitions, and nothing changes hands by itself: the first slices, of a second, are over. */
async function untilAtRest(deployment: Deployment, workers: RoleProcess[]): Promise<void> {
  await untilSpread(deployment, workers, PARTITIONS, A_SLICE_MS)
  await eventually(async () => {
    const [row] = await deployment.sql`
      select min(extract(epoch from clock_timestamp() - claimed_at))::float8 as age from partition_checkpoint`
    expect(row?.['age']).toBeGreaterThan(2)
  })
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
