import type { Client } from '@temporalio/client'
import { withDeadline } from '../../concurrency/with-deadline.ts'
import { findTemporalProblem } from '../../temporal/find-temporal-problem.ts'
import type { Config } from '../../config/config.ts'
import type { WorkerReport } from '../../db/read/ledger/workers.ts'

/** Access to Temporal, and to what Postgres knows of the workers behind it. */
export type TemporalAccess = {
  client: Client
  temporal: Config['temporal']
  /**
   * Reads the primary, because replicas may be behind.
   * @throws {ReadFailure}
   */
  readWorkerReport: () => Promise<WorkerReport>
}

/** The part that does not answer, and a message for whoever asked. */
type NoAnswer = { part: 'temporal' | 'worker'; message: string }

/** How long Temporal may take to answer; it takes milliseconds. */
const REACH_DEADLINE_MS = 500
/** How long Postgres may take to report on the workers. */
const REPORT_DEADLINE_MS = 500

/** Whether Temporal or its workers are the cause when a workflow does not answer. */
export async function explainNoAnswer(access: TemporalAccess): Promise<NoAnswer> {
  const [outage, report] = await Promise.all([findOutage(access), findWorkerReport(access)])
  return outage === null
    ? { part: 'worker', message: noWorker(report) }
    : { part: 'temporal', message: outage }
}

/** Why Temporal does not answer, and what to do; null: it answers. */
export async function findOutage(
  { client, temporal }: TemporalAccess,
  deadlineMs = REACH_DEADLINE_MS,
): Promise<string | null> {
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.getSystemInfo({}))
    return null
  } catch (error) {
    return await findTemporalProblem(error, temporal)
  }
}

/** When a worker last reported; null: Postgres does not answer. */
export async function findWorkerReport({ readWorkerReport }: TemporalAccess): Promise<WorkerReport | null> {
  try {
    return await withDeadline(readWorkerReport(), { milliseconds: REPORT_DEADLINE_MS })
  } catch {
    return null
  }
}

/** A message that no worker answers, when one last reported, and what to do. */
export function noWorker(report: WorkerReport | null): string {
  if (report === null)
    return `no worker answers, and Postgres does not say when one last reported: ${START_ONE}`
  if (report.seenAt === null) return `no worker answers: none has reported; ${START_ONE}`
  const since = `${report.seenAt.toISOString().slice(0, -'.000Z'.length)}Z`
  return report.isRecent
    ? `no worker answers: none has reported since ${since}, a moment ago; if it is not back at once, ${START_ONE}`
    : `no worker answers: none has reported since ${since}; ${START_ONE}`
}

const START_ONE = 'start one with npm run worker'
