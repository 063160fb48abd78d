import type { Activities } from '../activities/create-activities.ts'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'
import { upkeepActivities } from './upkeep-activities.ts'

/**
 * Drops what is past retention, creates the tables of the coming days and indexes those that are over. The
 * schedule starts it.
 */
export async function applyRetention(queue?: string): ReturnType<Activities['applyRetention']> {
  // A run deletes a day of counts; the first one after a change of the setting deletes more.
  const retained = await upkeepActivities(queue, '10 minutes').applyRetention()
  const { droppedDays, deletedMinuteRows, indexesMade } = retained
  showDetails(
    markup`${droppedDays.length} days of logins dropped, ${deletedMinuteRows} rows of minutes deleted, ${indexesMade} indexes made`,
  )
  return retained
}
