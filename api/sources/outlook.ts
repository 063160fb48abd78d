import { withDeadline } from '../../concurrency/with-deadline.ts'
import { drainOf, type PaceSample, paceOf } from '../../domain/pipeline/pace.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import { retentionEnd } from '../../domain/pipeline/unread-retention.ts'
import type { UnreadOfTopic } from '../../kafka/topics/read-unread.ts'
import type { BehindPartition, Outlook, ReadOutlooks } from '../context/source-types.ts'

/** How far back a pace is measured. */
const WINDOW_MS = 60_000
/** How long an answer waits for what Kafka says of unread records; it takes milliseconds. */
const DEADLINE_MS = 2_000

type ReadUnread = (
  topic: string,
  places: { partition: number; offset: bigint }[],
  nowMs: number,
) => Promise<UnreadOfTopic>

type Clocks = {
  /** Unix milliseconds. */
  now: () => number
  /** Milliseconds of a clock that never goes back. */
  elapsed: () => number
}

const nothingKnown: UnreadOfTopic = { retention: null, timestamps: new Map(), logBytes: new Map() }

/**
 * Tells what becomes of the backlogs of the topic that is counted. Each call adds to what is known of the pace, so that somebody has to
 * ask every few seconds. The result never throws, and takes two seconds at most.
 */
export function createOutlooks(
  topic: string,
  readUnread: ReadUnread,
  { now, elapsed }: Clocks,
): ReadOutlooks {
  const samples = new Map<number, PaceSample[]>()

  const addSample = ({ partition, log, progress }: BehindPartition) => {
    if (progress === null) return
    const atMs = elapsed()
    const sample = {
      atMs,
      log: `${log.topicId} ${progress.incarnation}`,
      checkpoint: progress.next_offset,
      end: log.end,
    }
    const kept = (samples.get(partition) ?? []).filter((one) => atMs - one.atMs <= WINDOW_MS)
    samples.set(partition, [...kept, sample])
  }
  const unreadRecords = async (behind: readonly BehindPartition[], nowMs: number): Promise<UnreadOfTopic> => {
    const places = behind.map(({ partition, log, unread }) => ({ partition, offset: log.end - unread }))
    if (places.length === 0) return nothingKnown
    try {
      return await withDeadline(readUnread(topic, places, nowMs), { milliseconds: DEADLINE_MS })
    } catch {
      return nothingKnown
    }
  }

  return async (partitions) => {
    partitions.forEach(addSample)
    const nowMs = now()
    const behind = partitions.filter(({ unread }) => unread > 0n)
    const found = await unreadRecords(behind, nowMs)
    return new Map(
      partitions.map((one): [number, Outlook] => {
        const { partition, unread, isExpired } = one
        const pace = paceOf(samples.get(partition) ?? [])
        const timestampMs = found.timestamps.get(partition) ?? null
        const bytesPerOffset = bytesPerOffsetOf(one.log, found.logBytes.get(partition))
        const records = {
          timestampMs,
          bytes: bytesPerOffset === null ? null : bytesPerOffset * Number(unread),
          bytesPerSecond:
            bytesPerOffset === null || pace === null ? null : bytesPerOffset * pace.producedPerSecond,
        }
        return [
          partition,
          {
            pace,
            drain: drainOf(unread, pace, nowMs),
            oldestUnreadMs: timestampMs,
            retention:
              unread === 0n && !isExpired
                ? null
                : isExpired
                  ? { atMs: nowMs, by: 'age' }
                  : retentionEnd(found.retention, records, nowMs),
          },
        ]
      }),
    )
  }
}

const bytesPerOffsetOf = ({ start, end }: PartitionLog, bytes: number | undefined): number | null =>
  bytes === undefined || end === start ? null : bytes / Number(end - start)
