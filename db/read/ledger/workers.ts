import { LIVE_MS } from '../../ledger/workers.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** When a worker last said that it runs, by the clock of the database; null: none of those that run now ever did. */
export type WorkerReport = { seenAt: Date | null; isRecent: boolean }

/** What the workers of a topic last said of themselves: each does so every two seconds, and takes it back when it is stopped. */
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
