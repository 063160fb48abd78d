import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** An insight as it was published (domain/batch/insight.ts); times are Unix seconds. */
type InsightBody = {
  batch_size: number
  start_time: number
  end_time: number
  device_type_aggregation: Record<string, number>
  top_10_locations: { locale: string; logins: number }[]
  bottom_5_locations: { locale: string; logins: number }[]
  top_5_users: { user_id: string; logins: number }[]
}

export type InsightRow = {
  partition: number
  first_offset: bigint
  last_offset: bigint
  batch_id: bigint
  body: InsightBody
  /** When its batch was written, to the microsecond. */
  key_at: string
}

export const keyOfInsight = (row: InsightRow): Key => ({
  at: row.key_at,
  ids: [row.batch_id, row.first_offset],
})

/**
 * Reads insights by when they were written: the ledger has an index for that, and each batch has few
 * insights.
 */
export async function readInsights(
  { sql }: ReadSession,
  topic: string,
  { partition, written }: { partition: number | null; written: TimeRange },
  page: Page,
): Promise<InsightRow[]> {
  const order: [string, ...string[]] = ['committed_at', 'id', 'first_offset']
  return await sql<InsightRow[]>`
    /* readInsights */
    select made.partition, first_offset, last_offset, batch_id, body, committed_at::text as key_at
    from batch cross join lateral (select * from insight where batch_id = batch.id) as made
    where batch.topic = ${topic}
      ${partition === null ? sql`` : sql`and batch.partition = ${partition}`}
      ${withinPage(sql, order, page, written)}
    ${orderOfPage(sql, order, page)}`
}
