import type { Reject } from '../../domain/login/record.ts'
import type { DecodeRules } from '../../domain/decode/decode-rules.ts'
import type { PartitionKey } from './checkpoint.ts'
import type { Sql } from '../connection/connect.ts'

/** A committed batch whose outputs may not have reached Kafka. */
type UnpublishedBatch = {
  id: bigint
  from: bigint
  to: bigint
  /** As the batch was first written: redriven rejects are published by their own revision. */
  logins: number
  rejects: number
  /** The clock (Unix milliseconds) by which the batch was decoded. */
  processedAtMs: number
  /** The rules that it was decoded by; null: it was written before rules were kept. */
  rules: DecodeRules | null
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
    select id, from_offset as "from", to_offset as "to", rules,
           (batch.logins - coalesce(revised.logins, 0))::integer as logins, (batch.rejects - coalesce(revised.rejects, 0))::integer as rejects,
           (extract(epoch from processed_at) * 1000)::float8 as "processedAtMs",
           array(select body::text from insight where batch_id = batch.id order by first_offset) as insights
    from batch
    left join lateral (select sum(logins) as logins, sum(rejects) as rejects from batch_revision
                       where batch_id = batch.id) as revised on true
    where topic = ${key.topic} and partition = ${key.partition} and incarnation = ${incarnation} and from_offset >= ${publishedOffset}
      and status = 'committed' and withheld_at is null
    order by from_offset`
}

/**
 * The rejects of a batch as it was first decided, by offset, including those that have become logins since.
 */
export async function readDecidedRejects(sql: Sql, batchId: bigint): Promise<Map<bigint, Reject>> {
  const rows = await sql<(Reject & { offset: bigint })[]>`/* readDecidedRejects */
    select kafka_offset as offset, reason, detail from rejected_login where batch_id = ${batchId}`
  return new Map(rows.map(({ offset, ...reject }) => [offset, reject]))
}

/** The insights that were written with a batch, in order. */
export async function readBatchInsights(sql: Sql, batchId: bigint): Promise<string[]> {
  const rows = await sql<{ body: string }[]>`/* readBatchInsights */
    select body::text as body from insight where batch_id = ${batchId} order by first_offset`
  return rows.map(({ body }) => body)
}
