import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import type { Logger } from 'pino'
import { createActivities } from '../activities/create-activities.ts'
import { FetchBudget } from '../activities/session/fetch-budget.ts'
import type { WorkerDeps } from '../activities/session/worker-deps.ts'
import { Semaphore } from '../concurrency/semaphore.ts'
import type { Config } from '../config/config.ts'
import { checkDatabase } from '../db/connection/check-database.ts'
import { connectPostgres, type Sql } from '../db/connection/connect.ts'
import { classingPostgres } from '../db/connection/failure.ts'
import { checkSchema, SchemaRefusal } from '../db/schema/schema-version.ts'
import { markup } from '../workflows/page/markdown.ts'
import { decodeRecords } from '../domain/decode/decode-records.ts'
import { SharedSightingCache } from '../domain/sightings/sighting-cache.ts'
import { createKafka } from '../kafka/client.ts'
import { FULL } from '../kafka/read/take-range.ts'
import { createTopicOffsets } from '../kafka/topics/topic-offsets.ts'
import { ingestTopicId } from '../workflows/contract.ts'
import type { ingestTopic } from '../workflows/ingest-topic.ts'
import { createBatchWorkflows } from './batch-workflows.ts'
import { bundleWorkflows } from './bundle-workflows.ts'
import { putSchedules } from './schedules.ts'
import { sharePartitions } from './share-partitions.ts'
import { serveProbes } from './serve-probes.ts'
import { SliceSlots } from './slice-slots.ts'
import { temporalProblem } from '../temporal/temporal-problem.ts'
import { registerSearchAttributes } from './temporal-search-attributes.ts'
import { watchTemporal } from './temporal-watch.ts'
import { createWorkers, runUntil } from './temporal-workers.ts'
import { startUpkeep } from './upkeep.ts'

export type WorkerOptions = {
  config: Config
  log: Logger
  codeVersion: string
  /** Aborts to stop: slices end after the batch in hand and their partitions go to other workers. */
  stop: AbortSignal
  onStep?: WorkerDeps['onStep']
  /** Absent: the product's own. */
  decode?: WorkerDeps['decode']
}

const CONTROL_STATEMENT_TIMEOUT_MS = 10_000
/** Two keep a core and Postgres busy at the same time; more of them speed up nothing and hold their bytes. */
const FULL_BATCHES_IN_WORK = 2
/** Sixteen partitions may fetch a whole batch ahead; the more there are, the less each. */
const FETCHED_BYTES = 32 * 2 ** 20
/** A few hundred logins, and little for a partition that is quiet. */
const LEAST_FETCHED_BYTES = 64 * 2 ** 10
/** Between attempts to reach Temporal at start. */
const CONNECT_RETRY_MS = 2_000

/**
 * Runs a worker process until `stop` aborts. Waits for Temporal when it is away at the start.
 * @throws {SchemaRefusal} when this version must not write the database, at the start or from some migration on
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { config, log, codeVersion, stop } = options
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
  await refuseIfUnfit(sql)
  const topicOffsets = createTopicOffsets(config.kafka, 'rollcall-worker')
  const workerName = `${process.pid}@${hostname()}`
  const batchesInWork = new Semaphore(FULL_BATCHES_IN_WORK * FULL)
  const slots = new SliceSlots()
  const activities = createActivities({
    config,
    kafka: createKafka(config.kafka, 'rollcall-worker'),
    workerName,
    codeVersion,
    sighting: new SharedSightingCache(crypto.getRandomValues(new Int32Array(2))),
    batchesInWork,
    deciding: new Semaphore(1),
    fetchBudget: new FetchBudget(FETCHED_BYTES, LEAST_FETCHED_BYTES),
    clock: Date.now,
    decode: options.decode ?? decodeRecords,
    ...createBatchWorkflows(new Client({ connection, namespace: config.temporal.namespace }), config),
    sql,
    topicOffsets,
    slicesRunning: () => slots.running,
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  })
  const probes = await serveProbes(config.worker, {
    temporal: () => askTemporal(connection, config),
    postgres: () => classingPostgres(() => sql`select 1`),
    kafka: () => topicOffsets.read(config.kafka.topic),
  })
  const temporal = watchTemporal(() => askTemporal(connection, config), log)
  const endUpkeep = startUpkeep(config, log, batchesInWork)
  try {
    await startIngestion(connection, config)
    await putSchedules(connection, config)
    const workers = await createWorkers(config, native, activities, slots, await bundling)
    log.info({ topic: config.kafka.topic, address: probes.address() }, 'worker is running')
    const self = { id: randomUUID(), topic: config.kafka.topic, name: workerName, version: codeVersion }
    await runUntil(workers, stop, (refused) =>
      sharePartitions({ config, self, slots, topicOffsets, takesSlices: () => !temporal.isAway(), refused }),
    )
  } finally {
    temporal.end()
    probes.close()
    await Promise.allSettled([
      endUpkeep(),
      topicOffsets.close(),
      sql.end({ timeout: 1 }),
      native.close(),
      connection.close(),
    ])
  }
}

/** Less than a probe waits for: it says that Temporal is away in words, and not that the time is over. */
const TEMPORAL_ANSWER_MS = 1_500

/** @throws {Error} it does not answer, with what to do */
async function askTemporal(connection: Connection, { temporal }: Config): Promise<void> {
  try {
    await connection.withDeadline(Date.now() + TEMPORAL_ANSWER_MS, () =>
      connection.workflowService.getSystemInfo({}),
    )
  } catch (error) {
    throw new Error(temporalProblem(error, temporal), { cause: error })
  }
}

/** A database that is away is waited for by whoever needs it, and asked again before anything counts. */
async function refuseIfUnfit(sql: Sql): Promise<void> {
  try {
    await checkSchema(sql, 'write')
  } catch (error) {
    if (error instanceof SchemaRefusal) throw error
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
    staticSummary: markup`Counts the logins of ${config.kafka.topic}`.text,
  })
}
