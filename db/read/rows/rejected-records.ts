import type { RejectReason } from '../../../domain/login/login.ts'
import type { Cut } from '../../../domain/login/kept-record.ts'
import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type RejectedRecordRow = {
  topic: string
  partition: number
  kafka_offset: bigint
  batch_id: bigint
  reason: RejectReason
  detail: string
  /** The first PREVIEW_BYTES of the key; null: the record has no key. */
  key: Buffer | null
  /** The first PREVIEW_BYTES of the value; null: a tombstone. */
  value_preview: Buffer | null
  /** Size of the whole value in bytes; null: a tombstone. */
  value_bytes: number | null
  /** What is missing of a record that was too large to be kept whole; null: the record is whole. */
  cut: Cut | null
  headers: [name: string, base64: string | null][]
  record_timestamp: bigint
  rejected_at: Date
  /** The revision of its batch that turned it into a login; null: it is still a reject. */
  redriven_in: number | null
  /** Attempts to turn it into a login, in order. */
  redrives: RedriveAttemptRow[]
  /** rejected_at to the microsecond. */
  key_at: string
}

/** An attempt as Postgres writes it in JSON: moments are texts. */
export type RedriveAttemptRow = {
  command_id: string
  attempted_at: string
  code_version: string
  outcome: 'login' | RejectReason
  detail: string
}

/** Keeps a page of rejects small, whatever producers sent. Whole values are on the dead-letter topic. */
export const PREVIEW_BYTES = 1024

type RejectFilter = {
  reasons: RejectReason[] | null
  partitions: number[] | null
  /** Only rejects that have become logins, or only those that have not; null: all. */
  redriven: boolean | null
  rejected: TimeRange
}

export const keyOfReject = (row: RejectedRecordRow): Key => ({
  at: row.key_at,
  ids: [BigInt(row.partition), row.kafka_offset],
})

const order: [string, ...string[]] = ['rejected_at', 'partition', 'kafka_offset']

/** Reads rejects by when they were rejected. */
export async function readRejectedRecords(
  { sql }: ReadSession,
  topic: string,
  filter: RejectFilter,
  page: Page,
): Promise<RejectedRecordRow[]> {
  return await sql<RejectedRecordRow[]>`
    /* readRejectedRecords */
    select ${columns(sql)} ${rejectsOf(sql, topic, filter, page)} ${orderOfPage(sql, order, page)}`
}

/** Reads one rejected record. Null: there is no such record. */
export async function readRejectedRecord(
  { sql }: ReadSession,
  batchId: bigint,
  offset: bigint,
): Promise<RejectedRecordRow | null> {
  const [reject] = await sql<RejectedRecordRow[]>`
    /* readRejectedRecord */
    select ${columns(sql)} from rejected_login where batch_id = ${batchId} and kafka_offset = ${offset}`
  return reject ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  topic, partition, kafka_offset, batch_id, reason, detail, substring(key from 1 for ${PREVIEW_BYTES}) as key,
  substring(value from 1 for ${PREVIEW_BYTES}) as value_preview, coalesce((cut->>'valueBytes')::integer, octet_length(value)) as value_bytes,
  headers, cut, record_timestamp, rejected_at, redriven_in, rejected_at::text as key_at,
  (select coalesce(json_agg(to_json(attempt) order by attempted_at), '[]') from redrive_attempt attempt
   where attempt.batch_id = rejected_login.batch_id and attempt.kafka_offset = rejected_login.kafka_offset) as redrives`

/** Counts rejected records, up to a limit. */
export const countRejectedRecords = (
  session: ReadSession,
  topic: string,
  filter: RejectFilter,
  limit: number,
): Promise<number> => countUpTo(session, rejectsOf(session.sql, topic, filter, null), limit)

function rejectsOf(
  sql: ReadSession['sql'],
  topic: string,
  { reasons, partitions, redriven, rejected }: RejectFilter,
  page: Page | null,
) {
  return sql`
    from rejected_login
    where topic = ${topic}
      ${reasons === null ? sql`` : sql`and reason = any(${reasons}::text[])`}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${redriven === null ? sql`` : redriven ? sql`and redriven_in is not null` : sql`and redriven_in is null`}
      ${withinPage(sql, order, page, rejected)}`
}
