import type { Client } from '@temporalio/client'
import pTimeout from 'p-timeout'
import { temporalProblem } from '../../config/temporal-problem.ts'
import type { Config } from '../../config/config.ts'
import type { WorkerReport } from '../../db/read/ledger/workers.ts'

/** How Temporal is reached, and what is known of the workers behind it. */
export type TemporalAccess = {
  client: Client
  temporal: Config['temporal']
  /** From the primary: replicas may be behind. @throws {ReadFailure} */
  readWorkerReport: () => Promise<WorkerReport>
}

/** Who does not answer, in words for whoever asked. */
export type NoAnswer = { part: 'temporal' | 'worker'; message: string }

/** A Temporal that answers does so in milliseconds. */
const REACH_DEADLINE_MS = 500
const REPORT_DEADLINE_MS = 500

/** Who is to blame for a question to a workflow that nobody answered in time. */
export async function explainNoAnswer(access: TemporalAccess): Promise<NoAnswer> {
  const [outage, report] = await Promise.all([findOutage(access), findWorkerReport(access)])
  return outage === null
    ? { part: 'worker', message: noWorker(report) }
    : { part: 'temporal', message: outage }
}

/** Why Temporal does not answer, in words; null: it does. */
export async function findOutage(
  { client, temporal }: TemporalAccess,
  deadlineMs = REACH_DEADLINE_MS,
): Promise<string | null> {
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.getSystemInfo({}))
    return null
  } catch (error) {
    return temporalProblem(error, temporal)
  }
}

/** Null: Postgres does not say. */
export async function findWorkerReport({ readWorkerReport }: TemporalAccess): Promise<WorkerReport | null> {
  try {
    return await pTimeout(readWorkerReport(), { milliseconds: REPORT_DEADLINE_MS })
  } catch {
    return null
  }
}

/** That no worker answered, and when one was last heard of. */
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
