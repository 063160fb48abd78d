import type { PartitionKey } from './checkpoint.ts'
import type { Sql } from './connect.ts'

/** A committed batch whose outputs may not have reached Kafka. */
export type UnpublishedBatch = {
  from: bigint
  to: bigint
  logins: number
  rejects: number
  /** Unix milliseconds that decoding used. */
  processedAtMs: number
  insights: string[]
}

/** Committed batches of a partition from `publishedOffset` on, in order, with their insights. */
export async function unpublishedBatches(
  sql: Sql,
  key: PartitionKey,
  incarnation: number,
  publishedOffset: bigint,
): Promise<UnpublishedBatch[]> {
  return await sql<UnpublishedBatch[]>`/* unpublishedBatches */
    select from_offset as "from", to_offset as "to", logins, rejects,
           (extract(epoch from processed_at) * 1000)::float8 as "processedAtMs",
           array(select body::text from insight where batch_id = batch.id order by first_offset) as insights
    from batch
    where topic = ${key.topic} and partition = ${key.partition} and incarnation = ${incarnation} and from_offset >= ${publishedOffset}
      and status = 'committed'
    order by from_offset`
}
