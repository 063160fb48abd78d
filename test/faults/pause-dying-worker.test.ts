import { expect, onTestFinished, test } from 'vitest'
import { ingestPartitionId } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { pause, resume } from '../support/deployment/pause-commands.ts'
import { expectLongSlices } from '../support/deployment/progress.ts'
import { controlPart } from '../support/parts/stack-control.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

test('a pause takes effect, and ends with the resume, although the worker that reads dies before it can stop', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  const reading = deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await eventually(() => expectLongSlices(deployment))
  deployment.start('worker/main.ts')
  onTestFinished(() => controlPart('postgres', 'resume'))
  await controlPart('postgres', 'suspend')
  const pausing = ask(pause, { reason: 'maintenance' })
  await expectToldToStop(deployment)
  await reading.kill()
  await controlPart('postgres', 'resume')
  await pausing
  await eventually(() => expectState(ask, 'PAUSED'))
  await ask(resume, { reason: 'done' })
  await eventually(() => expectState(ask, 'RUNNING'))
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
})

async function expectToldToStop(deployment: Deployment): Promise<void> {
  const client = await temporalClient(deployment)
  const partition = client.workflow.getHandle(ingestPartitionId(deployment.config.kafka.topic, 0))
  await eventually(async () => {
    const { raw } = await partition.describe()
    expect(raw.pendingActivities?.map(({ state }) => state)).toEqual([CANCEL_REQUESTED])
  })
}

/** temporal.api.enums.v1.PendingActivityState */
const CANCEL_REQUESTED = 3

async function expectState(ask: Graphql, state: string): Promise<void> {
  const { ingestion } = await ask('{ ingestion { partitions { state } } }')
  expect(ingestion).toEqual({ partitions: [{ state }] })
}
