/** A transaction that is neither committed nor aborted: records from its first offset on cannot be read until it ends. */
export type OpenTransaction = {
  producerId: bigint
  firstOffset: bigint
  /** Timestamp of its latest record, Unix milliseconds; null when the broker does not say. */
  lastWriteMs: number | null
  /** Its producer's transactional.id, and when it began (Unix milliseconds); null when no broker says. */
  transactionalId: string | null
  sinceMs: number | null
}

/** The log of a partition, as Kafka has it. */
export type PartitionLog = {
  partition: number
  /** Kafka's id of the topic: one that is created anew has another. */
  topicId: string
  /** First offset. */
  start: bigint
  /** Offset after the last record that is acknowledged (the high watermark). */
  end: bigint
  /** Offset after the last record that can be read: below `end` while a transaction is open (the last stable offset). */
  stableEnd: bigint
  /** Those that keep `stableEnd` below `end`, by their first offset; none when the broker does not tell them. */
  openTransactions: readonly OpenTransaction[]
}

/** Up to where a partition is decided, and of which topic that is. */
export type ReadPosition = { topicId: string; nextOffset: bigint; isRetired: boolean }

/** What is between a position and a log. */
export type Backlog = {
  /** Offsets of the log that are not decided; null: nobody can tell. */
  unread: bigint | null
  /** Of them, those that cannot be read until a transaction ends. */
  blocked: bigint
  /**
   * Why reading does not go on by itself: the topic was created anew, the log ends before the position or begins after it,
   * or the topic has the partition no more.
   */
  loss: 'recreated' | 'truncated' | 'expired' | 'gone' | null
}

const NOTHING: Backlog = { unread: 0n, blocked: 0n, loss: null }

/**
 * What is not decided of a partition.
 * @param log null: the topic has no such partition
 * @param position null: the partition was never read
 */
export function backlogOf(log: PartitionLog | null, position: ReadPosition | null): Backlog {
  const isRetired = position?.isRetired ?? false
  if (log === null) return isRetired || position === null ? NOTHING : { ...NOTHING, loss: 'gone' }
  if (position === null || position.topicId !== log.topicId)
    return { ...from(log, log.start), loss: position === null || isRetired ? null : 'recreated' }
  if (position.nextOffset > log.end) return { unread: null, blocked: 0n, loss: 'truncated' }
  if (position.nextOffset < log.start) return { ...from(log, log.start), loss: 'expired' }
  return { ...from(log, position.nextOffset), loss: null }
}

const from = ({ end, stableEnd }: PartitionLog, offset: bigint) => ({
  unread: end - offset,
  blocked: end - (stableEnd > offset ? stableEnd : offset),
})
