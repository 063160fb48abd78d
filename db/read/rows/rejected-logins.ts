import type { RejectReason } from '../../../domain/login/login.ts'
import type { Cut } from '../../../domain/login/kept-record.ts'
import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type RejectedLoginRow = {
  topic: string
  partition: number
  kafka_offset: bigint
  batch_id: bigint
  reason: RejectReason
  detail: string
  /** Null: no key. */
  key: Buffer | null
  /** The first PREVIEW_BYTES of the value; null: a tombstone. */
  value_preview: Buffer | null
  /** Of the whole value. */
  value_bytes: number | null
  /** What is missing of a record that was too large to be kept whole; null: nothing. */
  cut: Cut | null
  headers: [name: string, base64: string | null][]
  record_timestamp: bigint
  rejected_at: Date
  /** Revision of its batch that made it a login; null: it still is a reject. */
  redriven_in: number | null
  /** Attempts to make it a login, in order. */
  redrives: RedriveAttemptRow[]
  /** rejected_at to the microsecond. */
  key_at: string
}

/** As JSON: moments are texts. */
export type RedriveAttemptRow = {
  command_id: string
  attempted_at: string
  code_version: string
  outcome: 'login' | RejectReason
  detail: string
}

/** A page of rejects stays small, whatever their producers sent; whole values are on the dead-letter topic. */
export const PREVIEW_BYTES = 1024

export type RejectFilter = {
  reasons: RejectReason[] | null
  partition: number | null
  /** Whether it became a login; null: either. */
  redriven: boolean | null
  rejected: TimeRange
}

export const keyOfReject = (row: RejectedLoginRow): Key => ({
  at: row.key_at,
  ids: [BigInt(row.partition), row.kafka_offset],
})

const order: [string, ...string[]] = ['rejected_at', 'partition', 'kafka_offset']

/** Rejects in order of being rejected. */
export async function readRejectedLogins(
  { sql }: ReadSession,
  topic: string,
  { reasons, partition, redriven, rejected }: RejectFilter,
  page: Page,
): Promise<RejectedLoginRow[]> {
  return await sql<RejectedLoginRow[]>`
    /* readRejectedLogins */
    select topic, partition, kafka_offset, batch_id, reason, detail, substring(key from 1 for ${PREVIEW_BYTES}) as key,
           substring(value from 1 for ${PREVIEW_BYTES}) as value_preview, coalesce((cut->>'valueBytes')::integer, octet_length(value)) as value_bytes,
           headers, cut, record_timestamp, rejected_at, redriven_in, rejected_at::text as key_at,
           (select coalesce(json_agg(to_json(attempt) order by attempted_at), '[]') from redrive_attempt attempt
            where attempt.batch_id = rejected_login.batch_id and attempt.kafka_offset = rejected_login.kafka_offset) as redrives
    from rejected_login
    where topic = ${topic}
      ${reasons === null ? sql`` : sql`and reason = any(${reasons}::text[])`}
      ${partition === null ? sql`` : sql`and partition = ${partition}`}
      ${redriven === null ? sql`` : redriven ? sql`and redriven_in is not null` : sql`and redriven_in is null`}
      ${withinPage(sql, order, page, rejected)}
    ${orderOfPage(sql, order, page)}`
}
