import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'

/**
 * The activities of a scheduled run. Its schedule says on which task queue: runs of 0.4.0 and older have theirs on the queue of the
 * workflow, and where such a version takes a run over, it does that too.
 * @param queue undefined: that of the workflow
 * @param startToCloseTimeout of each activity
 */
export const upkeepActivities = (queue: string | undefined, startToCloseTimeout: `${number} minutes`) =>
  proxyActivities<Activities>({
    startToCloseTimeout,
    heartbeatTimeout: '1 minute',
    // Retries until an outage ends; the schedule starts no second run meanwhile.
    retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
    // A run that no process takes fails, and the next one is tried: after a return to a version that knows no such queue, there.
    ...(queue === undefined ? {} : { taskQueue: queue, scheduleToStartTimeout: '5 minutes' }),
  })
