import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
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

type InsightFilter = { partitions: number[] | null; written: TimeRange }

/**
 * Reads insights by when they were written: the ledger has an index for that, and each batch has few
 * insights.
 */
export async function readInsights(
  { sql }: ReadSession,
  topic: string,
  filter: InsightFilter,
  page: Page,
): Promise<InsightRow[]> {
  return await sql<InsightRow[]>`
    /* readInsights */
    select ${columns(sql)} ${insightsOf(sql, topic, filter, page)} ${orderOfPage(sql, order, page)}`
}

/** Reads one insight. Null: there is no such insight. */
export async function readInsight(
  { sql }: ReadSession,
  batchId: bigint,
  firstOffset: bigint,
): Promise<InsightRow | null> {
  const [insight] = await sql<InsightRow[]>`
    /* readInsight */
    select ${columns(sql)}
    from batch join insight as made on made.batch_id = batch.id
    where batch.id = ${batchId} and first_offset = ${firstOffset}`
  return insight ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  made.partition, first_offset, last_offset, batch_id, body, committed_at::text as key_at`

/** Counts insights, up to a limit. */
export const countInsights = (
  session: ReadSession,
  topic: string,
  filter: InsightFilter,
  limit: number,
): Promise<number> => countUpTo(session, insightsOf(session.sql, topic, filter, null), limit)

const order: [string, ...string[]] = ['committed_at', 'id', 'first_offset']

function insightsOf(
  sql: ReadSession['sql'],
  topic: string,
  { partitions, written }: InsightFilter,
  page: Page | null,
) {
  return sql`
    from batch cross join lateral (select * from insight where batch_id = batch.id) as made
    where batch.topic = ${topic}
      ${partitions === null ? sql`` : sql`and batch.partition = any(${partitions}::integer[])`}
      ${withinPage(sql, order, page, written)}`
}
