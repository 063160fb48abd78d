/** What deletes records of a topic by itself: its settings cleanup.policy, retention.ms and retention.bytes. */
export type TopicRetention = {
  /** Whether `delete` is in the policy. Compaction alone deletes nothing whose key has no later record. */
  deletes: boolean
  /** Null: records get as old as they like. */
  maxAgeMs: number | null
  /** Of each partition; null: it grows as it likes. */
  maxBytes: number | null
}

/** The unread records of a partition, as far as Kafka says. */
export type UnreadRecords = {
  /** The latest timestamp of the log from its start to the oldest unread record, Unix milliseconds; null: not known. */
  timestampMs: number | null
  /** Size of the log from the oldest unread record on; null: not known. */
  bytes: number | null
  /** By how much it grows in a second; null: not known. */
  bytesPerSecond: number | null
}

/**
 * The earliest moment at which retention takes the oldest unread record; null: never, or not known. It is not
 * later than the real one: Kafka deletes whole segments, the first one first, each once its latest record is
 * too old or what follows it is large enough, and looks for them every five minutes by default.
 * https://kafka.apache.org/documentation/#topicconfigs_retention.ms
 */
export type RetentionEnd =
  { atMs: number; by: 'age' | 'size' } | { atMs: null; why: 'unlimited' | 'compacted' | 'unknown' }

/** Tells when retention takes the oldest unread record. A moment that has passed is `nowMs`. */
export function retentionEnd(
  retention: TopicRetention | null,
  { timestampMs, bytes, bytesPerSecond }: UnreadRecords,
  nowMs: number,
): RetentionEnd {
  if (retention === null) return { atMs: null, why: 'unknown' }
  const { deletes, maxAgeMs, maxBytes } = retention
  if (!deletes) return { atMs: null, why: 'compacted' }
  if (maxAgeMs === null && maxBytes === null) return { atMs: null, why: 'unlimited' }
  const byAgeMs = maxAgeMs === null || timestampMs === null ? null : timestampMs + maxAgeMs
  const bySizeMs = maxBytes === null ? null : fullAt(maxBytes, bytes, bytesPerSecond, nowMs)
  const atMs = Math.max(nowMs, Math.min(byAgeMs ?? Infinity, bySizeMs ?? Infinity))
  if (Number.isFinite(atMs))
    return { atMs, by: (bySizeMs ?? Infinity) < (byAgeMs ?? Infinity) ? 'size' : 'age' }
  // A log that does not grow keeps what it has.
  const isKept = maxAgeMs === null && bySizeMs === Infinity
  return { atMs: null, why: isKept ? 'unlimited' : 'unknown' }
}

/** When a log has grown to a size; Infinity: it does not grow; null: not known. */
function fullAt(
  maxBytes: number,
  bytes: number | null,
  bytesPerSecond: number | null,
  nowMs: number,
): number | null {
  if (bytes === null) return null
  if (bytes >= maxBytes) return nowMs
  if (bytesPerSecond === null) return null
  return bytesPerSecond <= 0 ? Infinity : nowMs + ((maxBytes - bytes) / bytesPerSecond) * 1_000
}
