import { ActivityFailure, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { ParkingAnswer, ParkRequest } from '../activities/ingest/park-in-hand.ts'
import { sliceTaskQueue } from './contract.ts'

/**
 * Length of a slice: long enough that events cost Temporal little, short enough that the history shows where
 * a partition is.
 */
export const SLICE_MS = 60_000
/**
 * Length of the first slice, and of the first after an outage: short, so that the state is soon up to date.
 */
export const FIRST_SLICE_MS = 1_000

/** Called in the workflow, because the task queue depends on it. */
export const sliceActivities = () =>
  proxyActivities<Pick<Activities, 'ingestSlice'>>({
    taskQueue: sliceTaskQueue(workflowInfo().taskQueue),
    // A slice ends by itself after a minute; one that takes three hangs, although it still sends heartbeats.
    startToCloseTimeout: '3 minutes',
    // After this time without a heartbeat the worker counts as dead, and another one takes the slice.
    heartbeatTimeout: '8 seconds',
    // Outages and failures come as reports. An attempt fails only if its worker dies, and the next starts at
    // once.
    retry: { initialInterval: '500 milliseconds', maximumInterval: '2 seconds' },
    // A command that stops a slice answers only when the slice has really stopped.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  })

export const { acceptLoss } = proxyActivities<Pick<Activities, 'acceptLoss'>>({
  // Claims the partition and moves two offsets.
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '10 seconds' },
})

const { parkInHand } = proxyActivities<Pick<Activities, 'parkInHand'>>({
  // Claims the partition, reads one batch, writes one row and moves an offset.
  startToCloseTimeout: '1 minute',
  // Few attempts, because an operator waits for the answer: while Kafka or Postgres is away, nothing can be
  // parked.
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
})

/**
 * Parks what a partition has in hand. Answers with a refusal if Kafka or Postgres is away, so that the
 * operator decides anew.
 */
export async function park(request: ParkRequest): Promise<ParkingAnswer> {
  try {
    return await parkInHand(request)
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    return { ok: false, refusal: `nothing was parked: ${error.cause?.message ?? error.message}` }
  }
}
