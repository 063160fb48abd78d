import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'

const { applyRetention: apply } = proxyActivities<Activities>({
  // A run deletes a day of counts; the first one after a change of the setting deletes more.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  // Retries until an outage ends; the schedule starts no second run meanwhile.
  retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
})

/**
 * Drops what is past retention, creates the tables of the coming days and indexes those that are over. The
 * schedule starts it.
 */
export async function applyRetention(): ReturnType<Activities['applyRetention']> {
  const retained = await apply()
  const { droppedDays, deletedMinuteRows, indexesMade } = retained
  showDetails(
    markup`${droppedDays.length} days of logins dropped, ${deletedMinuteRows} rows of minutes deleted, ${indexesMade} indexes made`,
  )
  return retained
}
