import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import type { Activities } from '../activities/create-activities.ts'
import type { createUpkeepActivities } from '../activities/upkeep-activities.ts'
import type { SliceRequest } from '../activities/ingest/ingest-slice.ts'
import { abortedBy } from '../concurrency/stop-signal.ts'
import type { Config } from '../config/config.ts'
import type { SchemaRefusal } from '../db/schema/schema-version.ts'
import type { Tracing } from '../tracing/span.ts'
import { sliceTaskQueue, upkeepTaskQueue } from '../workflows/contract.ts'
import { logActivities } from './log-activities.ts'
import type { SliceSlots } from './slice-slots.ts'
import { traceActivities } from './trace-activities.ts'

/**
 * The SDK sends heartbeats no more often than this, and a slice learns of a pause by the answer to a
 * heartbeat.
 */
const HEARTBEAT_THROTTLE = '400ms'
/** Commands and audit rows are short, and there are never many at once. */
const MAX_CONTROL_ACTIVITIES = 20
/**
 * Few, because a frozen worker still takes one slice per open poll, which Temporal gives away only after the
 * heartbeat time-out.
 */
const SLICE_POLLS = 2

/** Schedules start few runs, and each has one activity at a time. */
const MAX_UPKEEP_ACTIVITIES = 5

const sharedOptions = ({ temporal }: Config, connection: NativeConnection, tracing: Tracing) =>
  ({
    connection,
    namespace: temporal.namespace,
    // A shutdown cancels running slices at once; they end after the batch in hand.
    shutdownGraceTime: 0,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    interceptors: { activity: [logActivities, traceActivities(tracing)] },
  }) satisfies Omit<WorkerOptions, 'taskQueue'>

/** Creates the worker for activities of schedules; their workflows are for those of `createWorkers`. */
export const createUpkeepWorker = (
  config: Config,
  connection: NativeConnection,
  activities: ReturnType<typeof createUpkeepActivities>,
  tracing: Tracing,
): Promise<Worker> =>
  Worker.create({
    ...sharedOptions(config, connection, tracing),
    taskQueue: upkeepTaskQueue(config.temporal.taskQueue),
    activities,
    maxConcurrentActivityTaskExecutions: MAX_UPKEEP_ACTIVITIES,
  })

/**
 * Creates two workers: one for workflows and commands, and one for slices, with as many slots as `slots`
 * allows.
 */
export async function createWorkers(
  config: Config,
  connection: NativeConnection,
  activities: Activities,
  slots: SliceSlots,
  workflowCode: string,
  tracing: Tracing,
): Promise<Worker[]> {
  const { taskQueue } = config.temporal
  const { ingestSlice, ...others } = activities
  const shared = sharedOptions(config, connection, tracing)
  return [
    await Worker.create({
      ...shared,
      taskQueue,
      workflowBundle: { code: workflowCode },
      // Those of schedules, too: runs that a worker of 0.4.0 began have them here.
      activities: others,
      maxConcurrentActivityTaskExecutions: MAX_CONTROL_ACTIVITIES,
    }),
    await Worker.create({
      ...shared,
      taskQueue: sliceTaskQueue(taskQueue),
      activities: {
        ingestSlice: (request: SliceRequest) => slots.within((handOver) => ingestSlice(request, handOver)),
      },
      tuner: {
        activityTaskSlotSupplier: slots,
        workflowTaskSlotSupplier: unused,
        localActivityTaskSlotSupplier: unused,
        nexusTaskSlotSupplier: unused,
      },
      maxConcurrentActivityTaskPolls: SLICE_POLLS,
    }),
  ]
}

const unused = { type: 'fixed-size', numSlots: 1 } as const

/**
 * Runs the workers until `stop` aborts, and lets the other processes know meanwhile.
 * @param share announces this process, and of a worker shares the partitions; `refused` stops the workers; returns a function that
 * ends it
 * @throws {SchemaRefusal} after the workers have ended, if a migration made the database unfit for this
 * version
 */
export async function runUntil(
  workers: Worker[],
  stop: AbortSignal,
  share: (refused: (refusal: SchemaRefusal) => void) => () => Promise<void>,
): Promise<void> {
  const refused = new AbortController()
  const end = abortedBy([stop, refused.signal]).signal
  const running = workers.map((worker) => worker.run())
  const endSharing = share((refusal) => {
    refused.abort(refusal)
  })
  let ended: Promise<void> | undefined
  const shutdown = () => {
    ended ??= endSharing()
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  end.addEventListener('abort', shutdown, { once: true })
  if (end.aborted) shutdown()
  try {
    await Promise.all(running)
  } finally {
    shutdown()
    await Promise.allSettled([...running, ended])
  }
  refused.signal.throwIfAborted()
}
