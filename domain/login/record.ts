import type { Login, RejectReason } from './login.ts'
import type { RecordTimestamp } from './record-timestamp.ts'

/** A record as Kafka holds it. A `value` of null makes it a tombstone. */
export type SourceRecord = {
  offset: bigint
  timestamp: RecordTimestamp
  key: Uint8Array | null
  value: Uint8Array | null
  headers: readonly (readonly [name: string, value: Uint8Array | null])[]
}

/** `recordedAt` is Kafka's timestamp of the record. */
export type AcceptedLogin = { offset: bigint; recordedAt: RecordTimestamp; login: Login }

/** Why a record is no login. `detail` is for people. */
export type Reject = { reason: RejectReason; detail: string }

export type RejectedRecord = Reject & { record: SourceRecord }
