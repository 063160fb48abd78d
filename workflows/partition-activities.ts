import { ActivityFailure, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { ParkingAnswer, ParkRequest } from '../activities/ingest/park-in-hand.ts'
import { sliceTaskQueue } from './contract.ts'

/** Long enough that Temporal's cost per event vanishes, short enough that its history shows where a partition is. */
export const SLICE_MS = 60_000
/** The first slice, and the first after an outage: a short one, so that the state soon says what is so. */
export const FIRST_SLICE_MS = 1_000

export const sliceActivities = () =>
  proxyActivities<Pick<Activities, 'ingestSlice'>>({
    taskQueue: sliceTaskQueue(workflowInfo().taskQueue),
    // A slice ends by itself after a minute; three mean that it hangs where heartbeats still go out.
    startToCloseTimeout: '3 minutes',
    // A killed worker is noticed after this and replaced.
    heartbeatTimeout: '8 seconds',
    // Outages and failures come as reports, so an attempt fails only with its worker; the next one starts at once.
    retry: { initialInterval: '500 milliseconds', maximumInterval: '2 seconds' },
    // A command answers when the slice has really stopped.
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
  // An operator waits for the answer: with a part away there is nothing to set aside, and they should know.
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
})

/** Sets aside what a partition has in hand. An answer also where a part is away: whoever commanded it decides anew. */
export async function park(request: ParkRequest): Promise<ParkingAnswer> {
  try {
    return await parkInHand(request)
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    return { ok: false, refusal: `nothing was set aside: ${error.cause?.message ?? error.message}` }
  }
}
