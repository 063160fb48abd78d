import { LIVE_MS } from '../../ledger/workers.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** A worker that reported lately. */
export type LiveWorker = { name: string; version: string; startedAt: Date }

/** Reads the workers of a topic that reported lately, the oldest first. */
export async function readLiveWorkers({ sql, readAt }: ReadSession, topic: string): Promise<LiveWorker[]> {
  return await sql<LiveWorker[]>`
    /* readLiveWorkers */
    select name, version, started_at as "startedAt" from worker
    where topic = ${topic} and seen_at > ${new Date(readAt.getTime() - LIVE_MS)} order by started_at, id`
}

/** A batch that waits for an operator. */
export type UnsettledBatch = {
  id: bigint
  partition: number
  from: bigint
  to: bigint
  error: string | null
  /** Null: it is parked. */
  withheldAt: Date | null
  committedAt: Date
}

/** Reads the batches of a topic that have waited longest for an operator. */
export async function readUnsettledBatches(
  { sql }: ReadSession,
  topic: string,
  limit: number,
): Promise<UnsettledBatch[]> {
  return await sql<UnsettledBatch[]>`
    /* readUnsettledBatches */
    select id, partition, from_offset as from, to_offset as to, error, withheld_at as "withheldAt",
           committed_at as "committedAt"
    from batch where topic = ${topic} and (status = 'parked' or withheld_at is not null)
    order by committed_at, id limit ${limit}`
}

/** Reads the number of the schema that the database has. */
export async function readSchemaNumber({ sql }: ReadSession): Promise<number | null> {
  const [row] = await sql<{ schema: number }[]>`/* readSchemaNumber */ select schema from schema_version`
  return row?.schema ?? null
}
