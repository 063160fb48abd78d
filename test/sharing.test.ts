import { expect, test } from 'vitest'
import { createDeployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import { untilSpread } from './spread.ts'

const LOGINS_PER_SECOND = 400
/** A worker that comes gets its share as slices end, which takes a minute at most. */
const A_SLICE_MS = 75_000
const options = { timeout: 240_000 }

test('one worker reads every partition at once, however many there are', options, async () => {
  const partitions = 40
  const deployment = await createDeployment({ KAFKA_PARTITIONS: String(partitions) })
  const feed = createFeed(deployment)
  await feed.logins(8_000)
  deployment.start('worker/main.ts')
  await eventually(async () => {
    const [row] = await deployment.sql`
      select count(*)::integer as counted from partition_checkpoint where next_offset > 0`
    expect(row?.['counted']).toBe(partitions)
    // Long before slices end, and others could have their turn.
  }, 30_000)
  await expectExact(deployment, feed.truth)
})

test.for([
  [2, 4],
  [3, 4],
  [2, 6],
  [3, 6],
] as const)('%i workers share %i partitions evenly', options, async ([workers, partitions]) => {
  const { deployment, feed, endFeed } = await underLoad(partitions)
  const started = Array.from({ length: workers }, () => deployment.start('worker/main.ts'))
  await untilSpread(deployment, started, partitions, A_SLICE_MS)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

test('a worker that comes later gets its share within a slice', options, async () => {
  const { deployment, feed, endFeed } = await underLoad(4)
  const first = deployment.start('worker/main.ts')
  await untilSpread(deployment, [first], 4, A_SLICE_MS)
  const second = deployment.start('worker/main.ts')
  await untilSpread(deployment, [first, second], 4, A_SLICE_MS)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

/** Partitions with a backlog to which logins are added. */
async function underLoad(partitions: number) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: String(partitions) })
  const feed = createFeed(deployment)
  await feed.logins(20_000)
  const endFeed = feed.steadily(LOGINS_PER_SECOND)
  return { deployment, feed, endFeed }
}
