import type { BatchStatus } from '../../../domain/pipeline/batch-status.ts'
import type { DecodeRules } from '../../../domain/decode/decode-rules.ts'
import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

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
  /** The log that the offsets belong to. */
  incarnation: number
  revision: number
  changed_at: Date | null
  /** When its outputs were withheld; null: they are not withheld. */
  withheld_at: Date | null
  /**
   * The rules by which it was decoded; null: it is parked or skipped, or was written before rules were kept.
   */
  rules: DecodeRules | null
  /** The last command that parked or skipped it, or withheld or gave up its outputs; null: there was none. */
  command_id: string | null
  /** What changed the batch after it was first written, in order. */
  revisions: RevisionRow[]
  /** committed_at to the microsecond. */
  key_at: string
}

/** A revision as Postgres writes it in JSON: moments are texts. */
export type RevisionRow = {
  revision: number
  kind: 'replay' | 'redrive' | 'publish'
  command_id: string
  logins: number
  rejects: number
  processed_at: string
  committed_at: string
  code_version: string
  published: boolean
}

export type BatchFilter = {
  statuses: BatchStatus[] | null
  partitions: number[] | null
  /** Batches that hold an offset of [fromOffset, toOffset). */
  fromOffset: bigint | null
  toOffset: bigint | null
  /** Text that the error contains, regardless of case. */
  error: string | null
  committed: TimeRange
}

export const keyOfBatch = (row: BatchRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads batches by when they were first committed. */
export async function readBatches(
  { sql }: ReadSession,
  topic: string,
  filter: BatchFilter,
  page: Page,
): Promise<BatchRow[]> {
  return await sql<BatchRow[]>`
    /* readBatches */
    select ${columns(sql)} ${batchesOf(sql, topic, filter, page)} ${orderOfPage(sql, ['committed_at', 'id'], page)}`
}

/** Counts batches, up to a limit. */
export const countBatches = (
  session: ReadSession,
  topic: string,
  filter: BatchFilter,
  limit: number,
): Promise<number> => countUpTo(session, batchesOf(session.sql, topic, filter, null), limit)

function batchesOf(
  sql: ReadSession['sql'],
  topic: string,
  { statuses, partitions, fromOffset, toOffset, error, committed }: BatchFilter,
  page: Page | null,
) {
  return sql`
    from batch
    where topic = ${topic}
      ${statuses === null ? sql`` : sql`and status = any(${statuses}::text[])`}
      ${statuses === null || statuses.includes('committed') ? sql`` : sql`and status <> 'committed'`}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${fromOffset === null ? sql`` : sql`and to_offset > ${String(fromOffset)}::text::bigint`}
      ${toOffset === null ? sql`` : sql`and from_offset < ${String(toOffset)}::text::bigint`}
      ${error === null ? sql`` : sql`and error is not null and position(lower(${error}::text) in lower(error)) > 0`}
      ${withinPage(sql, ['committed_at', 'id'], page, committed)}`
}

/** Reads one batch. Null: there is no such batch. */
export async function readBatch({ sql }: ReadSession, id: bigint): Promise<BatchRow | null> {
  const [batch] = await sql<BatchRow[]>`/* readBatch */ select ${columns(sql)} from batch where id = ${id}`
  return batch ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, first_event_at, last_event_at, processed_at,
  committed_at, code_version, error, incarnation, revision, changed_at, withheld_at, rules, command_id, committed_at::text as key_at,
  (select coalesce(json_agg(to_json(change) order by change.revision), '[]')
   from batch_revision change where change.batch_id = batch.id) as revisions`
