import { countUpTo, type Key, orderOfPage, type Page, withinPage } from '../keyset.ts'
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
    select ${columns(sql)} ${runsOf(sql, topic, page)} ${orderOfPage(sql, ['finished_at', 'id'], page)}`
}

/** Reads one run. Null: there is no such run. */
export async function readReconciliationRun(
  { sql }: ReadSession,
  id: bigint,
): Promise<ReconciliationRunRow | null> {
  const [run] = await sql<ReconciliationRunRow[]>`
    /* readReconciliationRun */ select ${columns(sql)} from reconciliation_run run where id = ${id}`
  return run ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  id, started_at, finished_at, covered_to, batches, expired, differences, finished_at::text as key_at,
  (select count(*)::integer from alert where alert.run_id = run.run_id) as raised`

/** Counts runs, up to a limit. */
export const countReconciliationRuns = (
  session: ReadSession,
  topic: string,
  limit: number,
): Promise<number> => countUpTo(session, runsOf(session.sql, topic, null), limit)

const runsOf = (sql: ReadSession['sql'], topic: string, page: Page | null) => sql`
  from reconciliation_run run
  where topic = ${topic} ${withinPage(sql, ['finished_at', 'id'], page, { from: null, to: null })}`

/** How far the schedule has compared, and what it found. */
export type ScheduledReconciliation = {
  coveredTo: Date
  finishedAt: Date
  /** Of the last run. */
  differences: number
  openDiscrepancies: number
}

/** Reads the last run of the schedule, and how many discrepancies are open. Null: the schedule has not run yet. */
export async function readScheduledReconciliation(
  { sql }: ReadSession,
  topic: string,
): Promise<ScheduledReconciliation | null> {
  const [run] = await sql<ScheduledReconciliation[]>`
    /* readScheduledReconciliation */
    select covered_to as "coveredTo", finished_at as "finishedAt", differences,
           (select count(*)::integer from alert where topic = ${topic} and cleared_at is null) as "openDiscrepancies"
    from reconciliation_run where topic = ${topic} order by finished_at desc, id desc limit 1`
  return run ?? null
}
