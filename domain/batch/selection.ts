import type { RejectReason } from '../login/login.ts'

/**
 * Selects parked batches that meet all conditions; null means any. Offsets and ids are decimal strings,
 * moments ISO 8601.
 */
export type BatchSelection = {
  ids: string[] | null
  partitions: number[] | null
  /** Selects batches that hold an offset of [fromOffset, toOffset). */
  fromOffset: string | null
  toOffset: string | null
  parkedFrom: string | null
  parkedTo: string | null
  /** Text that the error contains. */
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

/** Selects rejects that are not redriven yet and meet all conditions; null means any. */
export type RejectSelection = {
  reasons: RejectReason[] | null
  partitions: number[] | null
  batchIds: string[] | null
  rejectedFrom: string | null
  rejectedTo: string | null
}

/**
 * Largest number of batches in one run. More would outgrow the workflow's history, so a run over more is
 * refused.
 */
export const MAX_BATCHES_OF_A_RUN = 500
