import { readFile } from 'node:fs/promises'
import type { Server } from 'node:net'
import { Client, type Connection } from '@temporalio/client'
import { listeningAt } from '../config/log-fields.ts'
import type { Logger } from '../config/logger.ts'
import { createActivities } from '../activities/create-activities.ts'
import { createUpkeepActivities } from '../activities/upkeep-activities.ts'
import type { WorkerDeps } from '../activities/session/worker-deps.ts'
import { ahead } from '../concurrency/ahead.ts'
import type { Config } from '../config/config.ts'
import { ingestTopicId } from '../workflows/contract.ts'
import type { ingestTopic } from '../workflows/ingest-topic.ts'
import { reportDelivery } from '../tracing/report-delivery.ts'
import { startTracing } from '../tracing/start-tracing.ts'
import { markup } from '../workflows/page/markdown.ts'
import { createActivityDeps } from './activity-deps.ts'
import { bundleWorkflows } from './bundle-workflows.ts'
import { pingTemporal } from './connect-temporal.ts'
import type { Connections } from './connections.ts'
import { startMetrics } from './start-metrics.ts'
import { putSchedules } from './schedules.ts'
import { sharePartitions } from './share-partitions.ts'
import { SliceSlots } from './slice-slots.ts'
import { isToldOfCancellations } from './told-of-cancellations.ts'
import { watchTemporal } from './temporal-watch.ts'
import { followTemporalFiles } from './temporal-files.ts'
import { createUpkeepWorker, createWorkers, runUntil } from './temporal-workers.ts'
import { startUpkeep } from './upkeep.ts'
import { identityOf, withConnections } from './with-connections.ts'

/**
 * `onStep` and `decode` are for tests, which stop a worker in the middle of a batch or change its decoder.
 */
type WorkerOptions = Partial<Pick<WorkerDeps, 'onStep' | 'decode'>> & {
  config: Config
  log: Logger
  codeVersion: string
  /**
   * Aborts to stop the worker: its slices end after the batch in hand, and other workers take the partitions.
   */
  stop: AbortSignal
}

/**
 * Runs a worker process until `stop` aborts. If Temporal is away at the start, the worker waits for it.
 * @throws {SchemaRefusal} if this version must not write the database, be it at the start or after a
 * migration
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  // Bundling takes seconds, in a process of its own, while this one connects.
  const workflowCode = ahead(readOrBundle(options.config.worker.workflowBundle))
  await withConnections('worker', options, (connections, address) =>
    runConnected(options, connections, workflowCode, address),
  )
}

async function runConnected(
  { config, log, codeVersion, stop, ...given }: WorkerOptions,
  connections: Connections,
  workflowCode: Promise<string>,
  address: ReturnType<Server['address']>,
): Promise<void> {
  const { temporal, native, topicOffsets } = connections
  const { topic } = config.kafka
  const doesUpkeep = config.worker.upkeep
  const self = { ...identityOf(topic, codeVersion), doesUpkeep }
  const slots = new SliceSlots()
  const slicesRunning = () => slots.running
  const metrics = await startMetrics(config, 'worker', codeVersion, log)
  const service = { role: 'worker', version: codeVersion, instance: self.name } as const
  const tracing = await startTracing(config.tracing, service, reportDelivery(log))
  const deps = createActivityDeps(config, connections, {
    ...given,
    workerName: self.name,
    codeVersion,
    observe: metrics.activities,
    tracing,
    slicesRunning,
    isToldOfCancellations: await isToldOfCancellations(temporal, config.temporal),
  })
  const temporalWatch = watchTemporal(() => pingTemporal(temporal, config.temporal), log)
  const endUpkeep = doesUpkeep ? startUpkeep(config, log, deps.batchesInWork, metrics.upkeep) : null
  let endFollowing: () => void = () => undefined
  try {
    await startIngestion(temporal, config)
    if (doesUpkeep) await putSchedules(temporal, config)
    const workers = await createWorkers(
      config,
      native,
      createActivities(deps),
      slots,
      await workflowCode,
      tracing,
    )
    if (doesUpkeep)
      workers.push(await createUpkeepWorker(config, native, createUpkeepActivities(deps), tracing))
    endFollowing = followTemporalFiles(config.temporal, workers, connections, log)
    log.info({ topic, ...listeningAt(address) }, 'worker is running')
    const takesSlices = () => !temporalWatch.isAway()
    await runUntil(workers, stop, (refused) =>
      sharePartitions({ config, self, slots, topicOffsets, takesSlices, refused }),
    )
  } finally {
    endFollowing()
    temporalWatch.end()
    metrics.close()
    await Promise.allSettled([endUpkeep?.(), tracing.close()])
  }
}

const readOrBundle = (file: string | null): Promise<string> =>
  file === null ? bundleWorkflows() : readFile(file, 'utf8')

/** Starts the workflow of the topic, unless another worker has. */
async function startIngestion(connection: Connection, config: Config): Promise<void> {
  const client = new Client({ connection, namespace: config.temporal.namespace })
  await client.workflow.start<typeof ingestTopic>('ingestTopic', {
    workflowId: ingestTopicId(config.kafka.topic),
    taskQueue: config.temporal.taskQueue,
    args: [{ topic: config.kafka.topic }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: markup`Counts the logins of ${config.kafka.topic}`.text,
  })
}
