import { log, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { AuditRun, CheckedAudit } from '../activities/audit.ts'
import type { Activities } from '../activities/create-activities.ts'
import { markup } from './page/markdown.ts'
import { showDetails } from './page/details.ts'

/** The end of the chain, or all of it. */
export type AuditWatch = 'heads' | 'chain'

const { publishAuditHead, checkAudit, pruneAudit } = proxyActivities<Activities>({
  // Of a million events, a check takes some ten seconds.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  // Retries until an outage ends; the schedule starts no second run meanwhile.
  retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
})

/** Publishes a head of the audit chain, or checks and prunes the chain. Schedules start it. */
export async function watchAudit(topic: string, what: AuditWatch): Promise<CheckedAudit> {
  const { runId, lastResult } = workflowInfo()
  // Of the run before, of the same schedule; undefined at the first one.
  const last = (lastResult as CheckedAudit | undefined)?.next ?? null
  const run = { topic, runId, last }
  const done = what === 'heads' ? await publishAuditHead(run) : await checkAndPrune(run)
  for (const problem of done.problems) log.error(problem)
  showDetails(markup`${done.says}`)
  return done
}

async function checkAndPrune(run: AuditRun): Promise<CheckedAudit> {
  const checked = await checkAudit(run)
  // Nothing is pruned of a chain that was not checked to its end.
  if (checked.problems.length > 0 || checked.next !== null) return checked
  const pruned = await pruneAudit(run)
  return { says: `${checked.says}; ${pruned.says}`, problems: pruned.problems, next: null }
}
