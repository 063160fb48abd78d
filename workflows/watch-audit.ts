import { log, workflowInfo } from '@temporalio/workflow'
import type { AuditRun, CheckedAudit } from '../activities/audit.ts'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'
import { upkeepActivities } from './upkeep-activities.ts'

/** The end of the chain, or all of it. */
export type AuditWatch = 'heads' | 'chain'

/** Publishes a head of the audit chain, or checks and prunes the chain. Schedules start it. */
export async function watchAudit(topic: string, what: AuditWatch, queue?: string): Promise<CheckedAudit> {
  // Of a million events, a check takes some ten seconds.
  const activities = upkeepActivities(queue, '10 minutes')
  const { runId, lastResult } = workflowInfo()
  // Of the run before, of the same schedule; undefined at the first one.
  const last = (lastResult as CheckedAudit | undefined)?.next ?? null
  const run = { topic, runId, last }
  const done =
    what === 'heads' ? await activities.publishAuditHead(run) : await checkAndPrune(activities, run)
  for (const problem of done.problems) log.error(problem)
  showDetails(markup`${done.says}`)
  return done
}

async function checkAndPrune(
  { checkAudit, pruneAudit }: ReturnType<typeof upkeepActivities>,
  run: AuditRun,
): Promise<CheckedAudit> {
  const checked = await checkAudit(run)
  // Nothing is pruned of a chain that was not checked to its end.
  if (checked.problems.length > 0 || checked.next !== null) return checked
  const pruned = await pruneAudit(run)
  return { says: `${checked.says}; ${pruned.says}`, problems: pruned.problems, next: null }
}
