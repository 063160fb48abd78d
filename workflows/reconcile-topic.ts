import { log, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'
import type { ReconcileSummary } from '../activities/reconcile.ts'

const { reconcileRecent } = proxyActivities<Activities>({
  // A run compares ten thousand batches at most.
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '1 minute',
  // Retries until an outage ends; the schedule starts no second run meanwhile.
  retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
})

/** Reconciles what was counted since the last run, and logs each difference. The schedule starts it. */
export async function reconcileTopic(topic: string): Promise<ReconcileSummary> {
  const summary = await reconcileRecent({ topic, runId: workflowInfo().runId })
  const { batches, raised, lines, open } = summary
  for (const difference of lines)
    log.error(`reconciliation of ${topic} found a difference: ${difference}`, { topic })
  if (open > lines.length)
    log.error(`reconciliation of ${topic}: ${open} discrepancies are open in all`, { topic })
  showDetails(markup`${batches} batches compared, ${raised} discrepancies raised, ${open} open`)
  return summary
}
