import type { Sql, Transaction } from '../connection/connect.ts'

export type ReconciliationRun = {
  runId: string
  topic: string
  /** This moment and the next as Postgres writes them, to the microsecond. */
  startedAt: string
  coveredTo: string
  batches: number
  expired: number
  differences: number
}

/** Writes a run. A run that is written already stays as it is. */
export async function recordRun(tx: Transaction, run: ReconciliationRun): Promise<void> {
  await tx`/* recordRun */
    insert into reconciliation_run (run_id, topic, started_at, covered_to, batches, expired, differences)
    values (${run.runId}, ${run.topic}, ${run.startedAt}::text::timestamptz, ${run.coveredTo}::text::timestamptz,
            ${run.batches}, ${run.expired}, ${run.differences})
    on conflict (run_id) do nothing`
}

export async function findRun(sql: Sql, runId: string): Promise<ReconciliationRun | null> {
  const [run] = await sql<ReconciliationRun[]>`/* findRun */
    select run_id as "runId", topic, started_at::text as "startedAt", covered_to::text as "coveredTo", batches, expired,
           differences
    from reconciliation_run where run_id = ${runId}`
  return run ?? null
}

/**
 * A place in the order in which batches were written or changed: the moment, as Postgres writes it, and the
 * batch.
 */
export type ChangePlace = { at: string; id: bigint }

/**
 * A batch becomes visible a little later than the moment it carries, so each run overlaps the one before by
 * this much.
 */
const OVERLAP = '1 minute'

/** Where a run starts: a little before the end of the run before it, or at the first batch. */
export async function nextRunStart(sql: Sql, topic: string): Promise<{ now: string; start: ChangePlace }> {
  const [row] = await sql<{ now: string; at: string }[]>`/* nextRunStart */
    select clock_timestamp()::text as now,
           coalesce((select max(covered_to) - ${OVERLAP}::text::interval from reconciliation_run where topic = ${topic}),
                    '-infinity')::text as at`
  if (row === undefined) throw new Error('nextRunStart returned no row')
  return { now: row.now, start: { at: row.at, id: -1n } }
}

/**
 * Batches that were written or changed after a place, in that order. A batch that was both may come twice.
 */
export async function changedBatches(
  sql: Transaction,
  topic: string,
  { at, id }: ChangePlace,
  limit: number,
): Promise<ChangePlace[]> {
  return await sql<ChangePlace[]>`/* changedBatches */
    select id, at::text from (
      (select id, committed_at as at from batch
       where topic = ${topic} and (committed_at, id) > (${at}::text::timestamptz, ${id})
       order by committed_at, id limit ${limit})
      union all
      (select id, changed_at from batch
       where topic = ${topic} and changed_at is not null and (changed_at, id) > (${at}::text::timestamptz, ${id})
       order by changed_at, id limit ${limit})
    ) as changed
    order by changed.at, id limit ${limit}`
}
