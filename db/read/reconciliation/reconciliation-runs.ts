import { type Key, orderOfPage, type Page, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type ReconciliationRunRow = {
  id: bigint
  started_at: Date
  finished_at: Date
  covered_to: Date
  batches: number
  expired: number
  differences: number
  raised: number
  /** finished_at to the microsecond. */
  key_at: string
}

export const keyOfRun = (row: ReconciliationRunRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads the runs of the schedule by when they finished. */
export async function readReconciliationRuns(
  { sql }: ReadSession,
  topic: string,
  page: Page,
): Promise<ReconciliationRunRow[]> {
  return await sql<ReconciliationRunRow[]>`
    /* readReconciliationRuns */
    select id, started_at, finished_at, covered_to, batches, expired, differences, finished_at::text as key_at,
           (select count(*)::integer from alert where alert.run_id = run.run_id) as raised
    from reconciliation_run run
    where topic = ${topic}
      ${withinPage(sql, ['finished_at', 'id'], page, { from: null, to: null })}
    ${orderOfPage(sql, ['finished_at', 'id'], page)}`
}

/** How far the schedule has compared, and what it found. */
export type ScheduledReconciliation = { coveredTo: Date; finishedAt: Date; openAlerts: number }

/** Reads the last run of the schedule, and how many alerts are open. Null: the schedule has not run yet. */
export async function readScheduledReconciliation(
  { sql }: ReadSession,
  topic: string,
): Promise<ScheduledReconciliation | null> {
  const [run] = await sql<ScheduledReconciliation[]>`
    /* readScheduledReconciliation */
    select covered_to as "coveredTo", finished_at as "finishedAt",
           (select count(*)::integer from alert where topic = ${topic} and cleared_at is null) as "openAlerts"
    from reconciliation_run where topic = ${topic} order by finished_at desc, id desc limit 1`
  return run ?? null
}
