/**
 * A transaction that is neither committed nor aborted. Records from its first offset on cannot be read until
 * it ends.
 */
export type OpenTransaction = {
  producerId: bigint
  firstOffset: bigint
  /** Timestamp of its latest record, Unix milliseconds; null if the broker does not say. */
  lastWriteMs: number | null
  /** Transactional.id of its producer, and when it began (Unix milliseconds); null if no broker says. */
  transactionalId: string | null
  sinceMs: number | null
}

/** The log of a partition, according to Kafka. */
export type PartitionLog = {
  partition: number
  /** Kafka's id of the topic. A topic that is re-created gets another id. */
  topicId: string
  /** First offset. */
  start: bigint
  /** Offset after the last acknowledged record (the high watermark). */
  end: bigint
  /**
   * Offset after the last readable record (the last stable offset): below `end` while a transaction is open.
   */
  stableEnd: bigint
  /**
   * The transactions that keep `stableEnd` below `end`, in order of first offset; empty if the broker does
   * not name them.
   */
  openTransactions: readonly OpenTransaction[]
}

/** The offset up to which a partition is decided, and the topic that the offset belongs to. */
export type ReadPosition = { topicId: string; nextOffset: bigint; isRetired: boolean }

/** What lies between a position and the end of a log. */
export type Backlog = {
  /** Number of offsets of the log that are not decided; null if that is unknown. */
  unread: bigint | null
  /** How many of `unread` cannot be read until a transaction ends. */
  blocked: bigint
  /**
   * Why reading does not continue by itself: the topic was re-created, the log ends before the position or
   * begins after it, or the topic no longer has the partition.
   */
  loss: 'recreated' | 'truncated' | 'expired' | 'gone' | null
}

const NOTHING: Backlog = { unread: 0n, blocked: 0n, loss: null }

/**
 * Tells what of a partition is not decided.
 * @param log null if the topic has no such partition
 * @param position null if the partition was never read
 */
export function backlogOf(log: PartitionLog | null, position: ReadPosition | null): Backlog {
  const isRetired = position?.isRetired ?? false
  if (log === null) return isRetired || position === null ? NOTHING : { ...NOTHING, loss: 'gone' }
  if (position === null || position.topicId !== log.topicId)
    return { ...unreadFrom(log, log.start), loss: position === null || isRetired ? null : 'recreated' }
  if (position.nextOffset > log.end) return { unread: null, blocked: 0n, loss: 'truncated' }
  if (position.nextOffset < log.start) return { ...unreadFrom(log, log.start), loss: 'expired' }
  return { ...unreadFrom(log, position.nextOffset), loss: null }
}

const unreadFrom = ({ end, stableEnd }: PartitionLog, offset: bigint) => ({
  unread: end - offset,
  blocked: end - (stableEnd > offset ? stableEnd : offset),
})
