import type { Client } from '@temporalio/client'
import { expect, test } from 'vitest'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { withAdmin } from '../support/kafka/kafka-admin.ts'
import { partitionStatuses, resumePartition, temporalClient } from '../support/parts/temporal-client.ts'

test('a partition halts and names the offsets that retention took; the others go on; a resume moves nothing', async () => {
  const { deployment, feed, checkpoints } = await countedAndStopped()
  await feed.logins(400)
  const [lost = 0] = checkpoints
  await deleteRecords(deployment.kafka, deployment.config.kafka.topic, 0, lost + 3)
  deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  const reason = `offsets ${lost} to ${lost + 2} of ${deployment.config.kafka.topic}/0 are gone from Kafka (retention); the log starts at ${lost + 3}`
  await expectHalted(client, deployment, reason)
  await eventually(async () => {
    expect((await readCheckpoints(deployment)).reduce((sum, next) => sum + next, 0)).toBe(
      feed.truth.totals().sent - (await unread(deployment, 0)),
    )
  })
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  expect(await ask('{ ingestion { state partitions { state reason } } }')).toEqual({
    ingestion: {
      state: 'HALTED',
      partitions: [
        { state: 'HALTED', reason },
        { state: 'RUNNING', reason: '' },
      ],
    },
  })

  await resumePartition(client, deployment, 0, 'try again')
  await expectHalted(client, deployment, reason)
  expect((await readCheckpoints(deployment))[0]).toBe(lost)
  const audit = await eventually(async () => {
    const rows = await deployment.sql`select command, partitions, result, reason from control_event`
    expect(rows.length).toBe(1)
    return [...rows]
  })
  expect(audit).toEqual([{ command: 'resume', partitions: [0], result: 'done', reason: 'try again' }])
})

// What else halts a partition, and the ways out: halting.test.ts.

test('a group offset that expired is written anew when nothing was left to publish', async () => {
  const { deployment, feed } = await countedAndStopped()
  await withAdmin(deployment, (admin) => admin.deleteGroups([deployment.config.kafka.groupId]))
  deployment.start('worker/main.ts')
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
})

/** Two partitions, some logins of each counted, and no worker. */
async function countedAndStopped() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
  worker.signal('SIGTERM')
  await worker.exited
  return { deployment, feed, checkpoints: await readCheckpoints(deployment) }
}

/** The first partition has halted for this reason, and the other one is running. */
async function expectHalted(client: Client, deployment: Deployment, reason: string): Promise<void> {
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses).toMatchObject([{ state: 'halted', reason }, { state: 'running' }])
  })
}

/** Next offset by partition. */
async function readCheckpoints({ sql }: Deployment): Promise<number[]> {
  const rows = await sql<{ next: number }[]>`
    select next_offset::integer as next from partition_checkpoint order by partition`
  return rows.map(({ next }) => next)
}

async function unread(deployment: Deployment, partition: number): Promise<number> {
  let end = 0
  await withAdmin(deployment, async (admin, topic) => {
    const offsets = await admin.fetchTopicOffsets(topic)
    end = Number(offsets.find((offset) => offset.partition === partition)?.high)
  })
  return end - ((await readCheckpoints(deployment))[partition] ?? 0)
}
