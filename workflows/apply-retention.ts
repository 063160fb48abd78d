import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'

const { applyRetention: apply } = proxyActivities<Activities>({
  // Deletes a day of counts; the first run after a change of the setting has more to do.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  // An outage is waited for; the schedule starts no second run meanwhile.
  retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
})

/** Drops what is past retention, creates the day tables that come, indexes those that are over; its schedule starts it. */
export async function applyRetention(): ReturnType<Activities['applyRetention']> {
  const retained = await apply()
  const { droppedDays, deletedMinuteRows, indexesMade } = retained
  showDetails(
    markup`${droppedDays.length} days of logins dropped, ${deletedMinuteRows} rows of minutes deleted, ${indexesMade} indexes made`,
  )
  return retained
}
