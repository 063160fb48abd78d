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
  /** Whether it is the log that is read now. */
  isCurrent: boolean
  /** Of the checkpoint. */
  nextOffset: bigint
  /** Of the ledger of this log; null: nothing was ever read of it. */
  firstOffset: bigint | null
  endOffset: bigint | null
  /** The batch that holds it; null: none does. */
  batch: {
    status: BatchStatus
    gaps: number
    /** Whether every login of it has its row. */
    hasAllRows: boolean
  } | null
  hasLoginRow: boolean
  /** Null: it was never rejected. */
  reject: { redriven: boolean } | null
}

/** What became of an offset, as far as the database alone can tell. */
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
