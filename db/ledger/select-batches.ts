import type { BatchSelection, RejectSelection } from '../../domain/batch/selection.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { Sql } from '../connection/connect.ts'

/** What a replay needs to know about a parked batch. */
export type SelectedBatch = ParkedBatch & {
  /** The clock (Unix milliseconds) by which the batch was decided. */
  processedAtMs: number
  /** The batch is counted, and only its outputs are still to be published. */
  isWithheld: boolean
}

/**
 * Selects batches of a topic that wait for a replay: parked ones and those with withheld outputs. Ordered by
 * partition and offset, `limit` at most.
 */
export async function selectParked(
  sql: Sql,
  topic: string,
  selection: BatchSelection,
  limit: number,
): Promise<SelectedBatch[]> {
  const { ids, partitions, fromOffset, toOffset, parkedFrom, parkedTo, error } = selection
  return await sql<SelectedBatch[]>`/* selectParked */
    select id::text as "batchId", topic, partition, incarnation, from_offset::text as "from", to_offset::text as "to",
           coalesce(error, '') as error, (extract(epoch from processed_at) * 1000)::float8 as "processedAtMs",
           withheld_at is not null as "isWithheld", command_id is not null as "isSetAside"
    from batch
    where topic = ${topic} and (status = 'parked' or withheld_at is not null)
      ${ids === null ? sql`` : sql`and id = any(${ids}::text[]::bigint[])`}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${fromOffset === null ? sql`` : sql`and to_offset > ${fromOffset}::text::bigint`}
      ${toOffset === null ? sql`` : sql`and from_offset < ${toOffset}::text::bigint`}
      ${parkedFrom === null ? sql`` : sql`and committed_at >= ${parkedFrom}::text::timestamptz`}
      ${parkedTo === null ? sql`` : sql`and committed_at < ${parkedTo}::text::timestamptz`}
      ${error === null ? sql`` : sql`and position(lower(${error}::text) in lower(error)) > 0`}
    order by partition, incarnation, from_offset
    limit ${limit}`
}

/** Selects the ids of batches that hold rejects of a selection, in order of id, `limit` at most. */
export async function selectBatchesWithRejects(
  sql: Sql,
  topic: string,
  selection: RejectSelection,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`/* selectBatchesWithRejects */
    select distinct batch_id, batch_id::text as id from rejected_login
    where topic = ${topic} and ${matching(sql, selection)}
      ${selection.batchIds === null ? sql`` : sql`and batch_id = any(${selection.batchIds}::text[]::bigint[])`}
    order by batch_id limit ${limit}`
  return rows.map(({ id }) => id)
}

/** The SQL conditions of a selection of rejects that are still rejects. */
export function matching(sql: Sql, { reasons, partitions, rejectedFrom, rejectedTo }: RejectSelection) {
  return sql`redriven_in is null
      ${reasons === null ? sql`` : sql`and reason = any(${reasons}::text[])`}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${rejectedFrom === null ? sql`` : sql`and rejected_at >= ${rejectedFrom}::text::timestamptz`}
      ${rejectedTo === null ? sql`` : sql`and rejected_at < ${rejectedTo}::text::timestamptz`}`
}
