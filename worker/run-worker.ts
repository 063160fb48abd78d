import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { Logger } from 'pino'
import { createActivities, type Activities } from '../activities/create-activities.ts'
import { Gate } from '../activities/gate.ts'
import type { SliceDeps } from '../activities/slice.ts'
import type { Config } from '../config/config.ts'
import { checkDatabase } from '../db/check-database.ts'
import { connectPostgres } from '../db/connect.ts'
import { decodeRecords } from '../domain/decode-records.ts'
import { SharedPresence } from '../domain/presence.ts'
import { createKafka } from '../kafka/client.ts'
import { FULL } from '../kafka/take-range.ts'
import { createTopicOffsets } from '../kafka/topic-offsets.ts'
import { ingestTopicId, sliceTaskQueue } from '../workflows/contract.ts'
import type { ingestTopic } from '../workflows/ingest-topic.ts'
import { createBatchWorkflows } from './batch-workflows.ts'
import { bundleWorkflows } from './bundle-workflows.ts'
import { serveHealth } from './health.ts'
import { startUpkeep } from './upkeep.ts'
import { putSchedules } from './schedules.ts'
import { temporalProblem } from './temporal-problem.ts'
import { registerSearchAttributes } from './temporal-search-attributes.ts'
import { watchTemporal } from './temporal-watch.ts'

export type WorkerOptions = {
  config: Config
  log: Logger
  codeVersion: string
  /** Aborts to stop: slices end after the batch in hand and their partitions go to other workers. */
  stop: AbortSignal
  onStep?: SliceDeps['onStep']
  /** Absent: the product's own. */
  decode?: SliceDeps['decode']
}

/** Half a second: how soon a slice hears of a pause (the SDK holds heartbeats back by this). */
const HEARTBEAT_THROTTLE = '400ms'
/** Commands and audits: short, and never many at once. */
const MAX_CONTROL_ACTIVITIES = 20
/** A frozen worker takes a slice with each poll that it left open, and each is missed only when its heartbeat is. */
const SLICE_POLLS = 2
const CONTROL_STATEMENT_TIMEOUT_MS = 10_000
/** Two keep a core and Postgres busy at the same time; more of them speed up nothing and hold their bytes. */
const FULL_BATCHES_IN_WORK = 2
/** Between attempts to reach Temporal at start. */
const CONNECT_RETRY_MS = 2_000

/** Runs a worker process until `stop` aborts. Waits for Temporal when it is away at the start. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { config, log, stop } = options
  const { workflowBundle } = config.worker
  // Takes seconds of another process, while this one connects.
  const bundling = workflowBundle === null ? bundleWorkflows() : readFile(workflowBundle, 'utf8')
  bundling.catch(() => undefined)
  const connection = await connectTemporal(options)
  if (connection === null) return
  const native = await NativeConnection.connect({ address: config.temporal.address })
  const sql = connectPostgres(config.database.url, {
    applicationName: 'rollcall worker',
    maxConnections: 2,
    statementTimeoutMs: CONTROL_STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: CONTROL_STATEMENT_TIMEOUT_MS,
  })
  await checkDatabase(sql, (error) => {
    log.error({ error }, 'Postgres refuses this worker, which waits until that is mended')
  })
  const topicOffsets = createTopicOffsets(config.kafka, 'rollcall-worker')
  const batchesInWork = new Gate(FULL_BATCHES_IN_WORK * FULL)
  const activities = createActivities({
    config,
    kafka: createKafka(config.kafka, 'rollcall-worker'),
    workerName: `${process.pid}@${hostname()}`,
    codeVersion: options.codeVersion,
    presence: new SharedPresence(crypto.getRandomValues(new Int32Array(2))),
    batchesInWork,
    deciding: new Gate(1),
    clock: Date.now,
    decode: options.decode ?? decodeRecords,
    ...createBatchWorkflows(new Client({ connection, namespace: config.temporal.namespace }), config),
    sql,
    topicOffsets,
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  })
  const health = await serveHealth(config.worker, {
    temporal: () => connection.workflowService.getSystemInfo({}),
    postgres: () => sql`select 1`,
    kafka: () => topicOffsets.read(config.kafka.topic),
  })
  const endWatch = watchTemporal(connection, log)
  const endUpkeep = startUpkeep(config, log, batchesInWork)
  try {
    await startIngestion(connection, config)
    await putSchedules(connection, config)
    const workers = await createWorkers(config, native, activities, await bundling)
    log.info({ topic: config.kafka.topic, address: health.address() }, 'worker is running')
    await runUntil(workers, stop)
  } finally {
    endWatch()
    health.close()
    await Promise.allSettled([
      endUpkeep(),
      topicOffsets.close(),
      sql.end({ timeout: 1 }),
      native.close(),
      connection.close(),
    ])
  }
}

async function connectTemporal({ config, log, stop }: WorkerOptions): Promise<Connection | null> {
  for (let attempt = 1; !stop.aborted; attempt++) {
    try {
      const connection = await Connection.connect({ address: config.temporal.address, connectTimeout: '5s' })
      await registerSearchAttributes(connection, config.temporal.namespace)
      return connection
    } catch (error) {
      if (attempt === 1) log.warn({ error: temporalProblem(error, config.temporal) }, 'waiting for Temporal')
      await new Promise((resolve) => setTimeout(resolve, CONNECT_RETRY_MS))
    }
  }
  return null
}

/** The topic's workflow runs once, whoever starts it first. */
async function startIngestion(connection: Connection, config: Config): Promise<void> {
  const client = new Client({ connection, namespace: config.temporal.namespace })
  await client.workflow.start<typeof ingestTopic>('ingestTopic', {
    workflowId: ingestTopicId(config.kafka.topic),
    taskQueue: config.temporal.taskQueue,
    args: [{ topic: config.kafka.topic }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Counts the logins of ${config.kafka.topic}`,
  })
}

async function createWorkers(
  config: Config,
  connection: NativeConnection,
  activities: Activities,
  workflowCode: string,
): Promise<Worker[]> {
  const { namespace, taskQueue } = config.temporal
  const { ingestSlice, ...others } = activities
  const shared = {
    connection,
    namespace,
    // Running slices are told at once, and end after the batch in hand.
    shutdownGraceTime: 0,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
  } as const
  return [
    await Worker.create({
      ...shared,
      taskQueue,
      workflowBundle: { code: workflowCode },
      activities: others,
      maxConcurrentActivityTaskExecutions: MAX_CONTROL_ACTIVITIES,
    }),
    await Worker.create({
      ...shared,
      taskQueue: sliceTaskQueue(taskQueue),
      activities: { ingestSlice },
      maxConcurrentActivityTaskExecutions: config.worker.maxPartitions,
      maxConcurrentActivityTaskPolls: SLICE_POLLS,
    }),
  ]
}

async function runUntil(workers: Worker[], stop: AbortSignal): Promise<void> {
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  stop.addEventListener('abort', shutdown)
  const running = workers.map((worker) => worker.run())
  if (stop.aborted) shutdown()
  try {
    await Promise.all(running)
  } finally {
    shutdown()
    await Promise.allSettled(running)
  }
}
