import { log, workflowInfo } from '@temporalio/workflow'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'
import type { ReconcileSummary } from '../activities/reconcile.ts'
import { upkeepActivities } from './upkeep-activities.ts'

/** Reconciles what was counted since the last run, and logs each difference. The schedule starts it. */
export async function reconcileTopic(topic: string, queue?: string): Promise<ReconcileSummary> {
  // A run compares ten thousand batches at most.
  const { reconcileRecent } = upkeepActivities(queue, '5 minutes')
  const summary = await reconcileRecent({ topic, runId: workflowInfo().runId })
  const { batches, raised, lines, open } = summary
  for (const difference of lines)
    log.error(`reconciliation of ${topic} found a difference: ${difference}`, { topic })
  if (open > lines.length)
    log.error(`reconciliation of ${topic}: ${open} discrepancies are open in all`, { topic })
  showDetails(markup`${batches} batches compared, ${raised} discrepancies raised, ${open} open`)
  return summary
}
