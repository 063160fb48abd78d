import type { RejectReason } from './login.ts'
import type { Login } from './login.ts'

/** A contiguous range of offsets `[from, to)` of one partition: the unit of commitment, retry, lineage and replay. */
export type OffsetRange = { topic: string; partition: number; from: bigint; to: bigint }

/** A record as Kafka holds it; `timestampMs` is Unix milliseconds, `value` null is a tombstone. */
export type SourceRecord = {
  offset: bigint
  timestampMs: number
  key: Uint8Array | null
  value: Uint8Array | null
  headers: readonly (readonly [name: string, value: Uint8Array | null])[]
}

export type AcceptedLogin = { offset: bigint; key: Uint8Array | null; login: Login }
export type RejectedLogin = { record: SourceRecord; reason: RejectReason; detail: string }

/** What decoding made of a range: every offset of it is an accepted login, a reject, or holds no record. */
export type DecodedBatch = {
  range: OffsetRange
  /** Unix milliseconds that decoding took for "now"; deciding the same range again must use the same. */
  processedAtMs: number
  accepted: AcceptedLogin[]
  rejected: RejectedLogin[]
}
