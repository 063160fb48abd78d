import type { RejectReason } from '../../domain/login.ts'
import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from './keyset.ts'
import type { ReadSession } from './snapshot.ts'

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
  value_bytes: number | null
  headers: [name: string, base64: string | null][]
  recorded_at: Date
  rejected_at: Date
  /** rejected_at to the microsecond. */
  key_at: string
}

/** A page of rejects stays small, whatever their producers sent; whole values are on the dead-letter topic. */
export const PREVIEW_BYTES = 1024

export type RejectFilter = {
  reasons: RejectReason[] | null
  partition: number | null
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
  { reasons, partition, rejected }: RejectFilter,
  page: Page,
): Promise<RejectedLoginRow[]> {
  return await sql<RejectedLoginRow[]>`
    /* rejectedLogins */
    select topic, partition, kafka_offset, batch_id, reason, detail, substring(key from 1 for ${PREVIEW_BYTES}) as key,
           substring(value from 1 for ${PREVIEW_BYTES}) as value_preview, octet_length(value) as value_bytes, headers,
           recorded_at, rejected_at, rejected_at::text as key_at
    from rejected_login
    where topic = ${topic}
      ${reasons === null ? sql`` : sql`and reason = any(${reasons}::text[])`}
      ${partition === null ? sql`` : sql`and partition = ${partition}`}
      ${withinPage(sql, order, page, rejected)}
    ${orderOfPage(sql, order, page)}`
}
