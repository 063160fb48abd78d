import { type NativeConnection, Worker } from '@temporalio/worker'
import type { Activities } from '../activities/create-activities.ts'
import type { SliceRequest } from '../activities/ingest/ingest-slice.ts'
import { abortedBy } from '../concurrency/stop-signal.ts'
import type { Config } from '../config/config.ts'
import type { SchemaRefusal } from '../db/schema/schema-version.ts'
import { sliceTaskQueue } from '../workflows/contract.ts'
import type { SliceSlots } from './slice-slots.ts'

/** How soon a slice hears of a pause (the SDK holds heartbeats back by this). */
const HEARTBEAT_THROTTLE = '400ms'
/** Commands and audits: short, and never many at once. */
const MAX_CONTROL_ACTIVITIES = 20
/** A frozen worker takes a slice with each poll that it left open, and each is missed only when its heartbeat is. */
const SLICE_POLLS = 2

/** One for workflows and commands, one for slices, which run in as many slots as the worker has partitions. */
export async function createWorkers(
  config: Config,
  connection: NativeConnection,
  activities: Activities,
  slots: SliceSlots,
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
 * Runs the workers, which share the partitions with others as long as they run.
 * @throws {SchemaRefusal} once they have ended because the database was migrated past them
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
