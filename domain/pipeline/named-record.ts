import type { Fate } from './offset-fate.ts'
import { backlogOf, type PartitionLog, type ReadPosition } from './partition-log.ts'

/** What is known of a record that a question names. */
export type NamedFate =
  | Fate
  /** Reading of its partition halted before it, because something of the log was lost. */
  | 'halted'
  /** Kafka deleted it before it was read. */
  | 'lost'
  /** No login that is kept as a row has this event_id. */
  | 'never_seen'

/** `counted`: counts include it. `waiting`: they may yet. `never`: not by itself. */
export type Counting = 'counted' | 'waiting' | 'never'

export const countingOf: Record<NamedFate, Counting> = {
  login: 'counted',
  login_or_gap: 'counted',
  // There is nothing to be counted.
  gap: 'counted',
  unread: 'waiting',
  never_seen: 'waiting',
  before_first_read: 'never',
  reject: 'never',
  parked: 'never',
  skipped: 'never',
  unaccounted: 'never',
  halted: 'never',
  lost: 'never',
}

/**
 * The fate of an offset of the log that Kafka has now.
 * @param fate what the ledger says of the offset in the log that was read last
 * @param log null: the topic has no such partition
 * @param position null: the partition was never read
 */
export function fateInLog(
  offset: bigint,
  fate: Fate,
  log: PartitionLog | null,
  position: ReadPosition | null,
): NamedFate {
  const { loss } = backlogOf(log, position)
  if (loss === 'recreated' || loss === 'truncated') return 'halted'
  const isOtherLog = log !== null && position !== null && position.topicId !== log.topicId
  if (isOtherLog) return 'unread'
  if (loss === null || fate !== 'unread') return fate
  return log === null || offset < log.start ? 'lost' : 'halted'
}
