import { Context } from '@temporalio/activity'
import { NativeConnection, Worker } from '@temporalio/worker'
import { expect, onTestFinished, test } from 'vitest'
import { noProgress, type SliceReport } from '../../domain/batch/slice-report.ts'
import { isToldOfCancellations } from '../../worker/told-of-cancellations.ts'
import { ingestPartitionId, pauseUpdate, sliceTaskQueue } from '../../workflows/contract.ts'
import type { ingestPartition } from '../../workflows/ingest-partition.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { workflowBundle } from '../support/deployment/workflow-bundle.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

test('a pause stops a slice that sends no heartbeat before its heartbeat time-out does', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { kafka, temporal } = deployment.config
  const client = await temporalClient(deployment)
  expect(await isToldOfCancellations(client.connection, temporal)).toBe(true)
  const slice = Promise.withResolvers<undefined>()
  const told = Promise.withResolvers<unknown>()
  await startWorkers(deployment, async () => {
    const context = Context.current()
    slice.resolve(undefined)
    await context.cancelled.catch(() => undefined)
    told.resolve(context.cancellationDetails)
    return { ...noProgress(), nextOffset: '0', outcome: 'stopped', reason: '' }
  })
  const partition = await client.workflow.start<typeof ingestPartition>('ingestPartition', {
    workflowId: ingestPartitionId(kafka.topic, 0),
    taskQueue: temporal.taskQueue,
    args: [{ topic: kafka.topic, status: newPartition }],
  })
  onTestFinished(() => partition.terminate().then(() => undefined))
  await slice.promise
  await partition.executeUpdate(pauseUpdate, { args: ['maintenance'] })
  expect(await told.promise).toMatchObject({ cancelRequested: true, timedOut: false })
})

const newPartition = {
  partition: 0,
  state: 'running',
  nextOffset: null,
  lag: null,
  reason: '',
  since: '2026-01-01T00:00:00.000Z',
} as const

/** Starts workers as worker/temporal-workers.ts does, with `ingestSlice` for the slices. */
async function startWorkers(
  { config: { temporal } }: Deployment,
  ingestSlice: () => Promise<SliceReport>,
): Promise<void> {
  const connection = await NativeConnection.connect({ address: temporal.address })
  const { namespace, taskQueue } = temporal
  const workers = [
    await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: workflowBundle(),
      activities: { recordControl: () => Promise.resolve() },
    }),
    await Worker.create({
      connection,
      namespace,
      taskQueue: sliceTaskQueue(taskQueue),
      activities: { ingestSlice },
    }),
  ]
  const running = workers.map((worker) => worker.run())
  onTestFinished(async () => {
    for (const worker of workers) worker.shutdown()
    await Promise.allSettled(running)
    await connection.close()
  })
}
