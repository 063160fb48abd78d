import type { BatchStatus } from './batch-status.ts'

export type Fate =
  | 'before_first_read'
  | 'unread'
  | 'login'
  | 'reject'
  | 'gap'
  | 'login_or_gap'
  | 'parked'
  | 'skipped'
  | 'unaccounted'

/** What the database holds about one offset of one log of a partition. */
export type OffsetTraces = {
  offset: bigint
  /** Whether Rollcall reads this log now. */
  isCurrent: boolean
  /** Next offset of the checkpoint. */
  nextOffset: bigint
  /** First and end offset of this log in the ledger; null if nothing of it was ever read. */
  firstOffset: bigint | null
  endOffset: bigint | null
  /** The batch that holds the offset; null if none does. */
  batch: {
    status: BatchStatus
    gaps: number
    /** Whether every login of the batch has its row. */
    hasAllRows: boolean
  } | null
  hasLoginRow: boolean
  /** Null if the offset was never rejected. */
  reject: { redriven: boolean } | null
}

/** Tells what became of an offset, as far as the database alone shows it. */
export function offsetFate(traces: OffsetTraces): Fate {
  const { batch, hasLoginRow, reject } = traces
  if (batch === null) return fateOutside(traces)
  if (batch.status === 'parked' || batch.status === 'skipped') return batch.status
  if (reject !== null) return reject.redriven ? 'login' : 'reject'
  if (hasLoginRow || batch.gaps === 0) return 'login'
  return batch.hasAllRows ? 'gap' : 'login_or_gap'
}

function fateOutside({ offset, isCurrent, nextOffset, firstOffset, endOffset }: OffsetTraces): Fate {
  const end = isCurrent ? nextOffset : (endOffset ?? offset)
  if (offset >= end) return 'unread'
  return offset < (firstOffset ?? end) ? 'before_first_read' : 'unaccounted'
}
