import type { RejectReason } from '../login/login.ts'

/** Parked batches. Conditions hold together; null: any. Offsets and ids are decimal strings, moments ISO 8601. */
export type BatchSelection = {
  ids: string[] | null
  partitions: number[] | null
  /** Batches that hold an offset of [fromOffset, toOffset). */
  fromOffset: string | null
  toOffset: string | null
  parkedFrom: string | null
  parkedTo: string | null
  /** Text that the error holds. */
  error: string | null
}

export const everyParkedBatch: BatchSelection = {
  ids: null,
  partitions: null,
  fromOffset: null,
  toOffset: null,
  parkedFrom: null,
  parkedTo: null,
  error: null,
}

/** Rejects that are none yet redriven. Conditions hold together; null: any. */
export type RejectSelection = {
  reasons: RejectReason[] | null
  partitions: number[] | null
  batchIds: string[] | null
  rejectedFrom: string | null
  rejectedTo: string | null
}

/** A run of more batches would outgrow its history; the next run takes the rest. */
export const MAX_BATCHES_OF_A_RUN = 500
