import { test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { untilSpread } from '../support/deployment/spread.ts'

const LOGINS_PER_SECOND = 100
/** A worker that comes gets its share as slices end, which takes a minute at most. */
const A_SLICE_MS = 75_000
const options = { timeout: 240_000 }

test('one worker reads every partition all the time, more than it has batches in work', options, async () => {
  const { deployment, feed, endFeed } = await underLoad(12)
  const worker = deployment.start('worker/main.ts')
  await untilSpread(deployment, [worker], 12, A_SLICE_MS)
  // Well before a slice ends, and another partition could have its turn.
  for (let round = 0; round < 3; round++) await untilSpread(deployment, [worker], 12, 25_000)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

// Partitions that workers share without a rest: handover.test.ts.
test('3 workers share 4 partitions evenly', options, async () => {
  const { deployment, feed, endFeed } = await underLoad(4)
  const started = [1, 2, 3].map(() => deployment.start('worker/main.ts'))
  await untilSpread(deployment, started, 4, A_SLICE_MS)
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
  await feed.logins(4_000)
  const endFeed = feed.steadily(LOGINS_PER_SECOND)
  return { deployment, feed, endFeed }
}
