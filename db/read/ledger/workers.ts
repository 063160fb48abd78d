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
