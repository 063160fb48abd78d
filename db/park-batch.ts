import type { OffsetRange } from '../domain/batch.ts'
import type { FloodGuard } from '../domain/flood-guard.ts'
import type { UnfinishedInsight } from '../domain/insight.ts'
import { isoTime } from '../domain/iso-time.ts'
import type { ParkedBatch } from '../domain/parked-batch.ts'
import type { PartitionKey } from './checkpoint.ts'
import type { Sql } from './connect.ts'
import { moveCheckpoint, type Holding } from './move-checkpoint.ts'

export type BatchParking = {
  batchId: bigint
  holding: Holding
  range: OffsetRange
  error: string
  /** Unix milliseconds; a replay decides by the same clock. */
  processedAtMs: number
  unfinishedInsight: UnfinishedInsight
  floodGuard: FloodGuard
  publishedOffset: bigint
  endOffset: bigint
  codeVersion: string
}

/**
 * Sets a range aside in the ledger and moves the checkpoint past it: nothing of it is counted, none of it is forgotten (G4).
 * @throws see moveCheckpoint
 */
export async function parkBatch(sql: Sql, parking: BatchParking): Promise<void> {
  const { batchId, holding, range, processedAtMs } = parking
  await sql.begin(async (tx) => {
    await moveCheckpoint(tx, { ...holding, ...parking, logins: 0, rejects: 0, watermarkMs: null })
    await tx`/* parkBatch */
      insert into batch (id, topic, partition, incarnation, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                         processed_at, code_version, error)
      values (${batchId}, ${range.topic}, ${range.partition}, ${holding.incarnation}, ${range.from}, ${range.to}, 'parked',
              0, 0, 0, 0, ${isoTime(processedAtMs)}, ${parking.codeVersion}, ${parking.error})`
  })
}

/** Parked batches of a partition whose workflow is not known to exist yet. */
export async function batchesToHandOver(sql: Sql, key: PartitionKey): Promise<ParkedBatch[]> {
  return await sql<ParkedBatch[]>`/* batchesToHandOver */
    select id::text as "batchId", topic, partition, incarnation, from_offset::text as "from", to_offset::text as "to",
           coalesce(error, '') as error
    from batch
    where topic = ${key.topic} and partition = ${key.partition} and status = 'parked' and handed_over_at is null
    order by from_offset`
}

/** Records that the workflow of a parked batch exists. */
export async function recordHandOver(sql: Sql, batchId: string): Promise<void> {
  await sql`/* recordHandOver */
    update batch set handed_over_at = clock_timestamp() where id = ${batchId}::text::bigint and handed_over_at is null`
}
