import type { UpkeepReport } from '../../../domain/pipeline/upkeep-report.ts'
import { LIVE_MS } from '../../ledger/workers.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** When a worker last reported, by the database's clock. `seenAt` is null if no worker is known. */
export type WorkerReport = { seenAt: Date | null; isRecent: boolean }

/**
 * Reads when a worker of a topic last reported. Each reports every two seconds, and removes its report when
 * it stops in order.
 */
export async function readWorkerReport(
  { sql }: Pick<ReadSession, 'sql'>,
  topic: string,
): Promise<WorkerReport> {
  const [row] = await sql<WorkerReport[]>`/* readWorkerReport */
    select max(seen_at) as "seenAt",
           coalesce(max(seen_at) > clock_timestamp() - ${LIVE_MS} * interval '1 millisecond', false) as "isRecent"
    from worker where topic = ${topic}`
  return row ?? { seenAt: null, isRecent: false }
}

/** Processes that do upkeep report every two seconds; one that is replaced by another is gone for longer. */
const MISSING_MS = 30_000

/** Reads whether a process does upkeep for a topic; on the primary, because a replica may be behind. */
export async function readUpkeepReport(
  { sql }: Pick<ReadSession, 'sql'>,
  topic: string,
): Promise<UpkeepReport> {
  const [row] = await sql<UpkeepReport[]>`/* readUpkeepReport */
    with reported as (
      select max(seen_at) as seen_at from (
        select seen_at from worker where topic = ${topic} and does_upkeep
        union all select seen_at from upkeep_process where topic = ${topic}
      ) as one
    )
    select seen_at as "seenAt",
           coalesce(clock_timestamp() - greatest(seen_at, (
             select min(started_at) from worker
             where topic = ${topic} and seen_at > clock_timestamp() - ${LIVE_MS} * interval '1 millisecond'
           )) > ${MISSING_MS} * interval '1 millisecond', false) as "isMissing"
    from reported`
  return row ?? { seenAt: null, isMissing: false }
}
