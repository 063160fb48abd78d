import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from './keyset.ts'
import type { ReadSession } from './snapshot.ts'

export type BatchStatus = 'committed' | 'parked' | 'replayed' | 'skipped'

export type BatchRow = {
  id: bigint
  topic: string
  partition: number
  from_offset: bigint
  to_offset: bigint
  status: BatchStatus
  logins: number
  rejects: number
  gaps: number
  first_event_at: Date | null
  last_event_at: Date | null
  processed_at: Date
  committed_at: Date
  code_version: string
  error: string | null
  /** committed_at to the microsecond. */
  key_at: string
}

export type BatchFilter = {
  statuses: BatchStatus[] | null
  partition: number | null
  /** Batches that hold an offset of [fromOffset, toOffset). */
  fromOffset: bigint | null
  toOffset: bigint | null
  committed: TimeRange
}

export const keyOfBatch = (row: BatchRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Batches in order of commit. */
export async function readBatches(
  { sql }: ReadSession,
  topic: string,
  filter: BatchFilter,
  page: Page,
): Promise<BatchRow[]> {
  const { statuses, partition, fromOffset, toOffset, committed } = filter
  return await sql<BatchRow[]>`
    /* batches */
    select ${columns(sql)} from batch
    where topic = ${topic}
      ${statuses === null ? sql`` : sql`and status = any(${statuses}::text[])`}
      ${statuses === null || statuses.includes('committed') ? sql`` : sql`and status <> 'committed'`}
      ${partition === null ? sql`` : sql`and partition = ${partition}`}
      ${fromOffset === null ? sql`` : sql`and to_offset > ${String(fromOffset)}::text::bigint`}
      ${toOffset === null ? sql`` : sql`and from_offset < ${String(toOffset)}::text::bigint`}
      ${withinPage(sql, ['committed_at', 'id'], page, committed)}
    ${orderOfPage(sql, ['committed_at', 'id'], page)}`
}

/** One batch; null: there is none of this id. */
export async function readBatch({ sql }: ReadSession, id: bigint): Promise<BatchRow | null> {
  const [batch] = await sql<BatchRow[]>`/* batch */
    select ${columns(sql)} from batch where id = ${String(id)}::text::bigint`
  return batch ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, first_event_at, last_event_at, processed_at,
  committed_at, code_version, error, committed_at::text as key_at`
