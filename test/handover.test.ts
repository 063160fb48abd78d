import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import type { RoleProcess } from './role-process.ts'

test('workers share the partitions; those of one that is killed or told to stop go on at the others', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '6' })
  const feed = createFeed(deployment)
  const endFeed = feed.steadily(100)
  const workers = [1, 2, 3].map(() => deployment.start('worker/main.ts'))
  await eventually(async () => {
    expect((await holders(deployment)).length).toBe(6)
  })
  const [first, second] = await pickHolders(deployment, workers)

  await first.kill()
  await eventually(async () => {
    expect(await holders(deployment)).not.toContain(first.pid)
  }, 30_000)

  second.signal('SIGTERM')
  expect(await second.exited).toBe(0)
  await eventually(async () => {
    expect(await holders(deployment)).not.toContain(second.pid)
  }, 30_000)
  // A slice that was handed over reported its end: no attempt had to be given up for missing heartbeats.
  expect(second.log().some(({ msg }) => msg === 'worker has stopped')).toBe(true)
  await endFeed()
  await expectExact(deployment, feed.truth)
})

/** The process that holds each partition. */
async function holders({ sql }: Deployment): Promise<number[]> {
  const rows = await sql<{ worker: string }[]>`select worker from partition_checkpoint order by partition`
  return rows.map(({ worker }) => Number(worker.split('@')[0]))
}

/** Two workers that hold partitions. */
async function pickHolders(
  deployment: Deployment,
  workers: RoleProcess[],
): Promise<[RoleProcess, RoleProcess]> {
  return await eventually(async () => {
    const held = await holders(deployment)
    const [first, second] = workers.filter(({ pid }) => held.includes(pid))
    if (first === undefined || second === undefined)
      throw new Error(`only one worker holds partitions: ${held.join()}`)
    return [first, second]
  })
}
