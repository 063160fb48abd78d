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

type Place = Pick<BehindPartition, 'partition' | 'log' | 'progress'>

export type Outlooks = {
  /** Takes how far partitions are: every few seconds, so that their pace is known. */
  note: (partitions: readonly Place[]) => void
  /** Never throws, and takes two seconds at most. */
  read: ReadOutlooks
}

const nothingKnown: UnreadOfTopic = { retention: null, timestamps: new Map(), logBytes: new Map() }

/**
 * Tells what becomes of the backlogs of the topic that is counted.
 * @param elapsed milliseconds of a clock that never goes back
 */
export function createOutlooks(topic: string, readUnread: ReadUnread, elapsed: () => number): Outlooks {
  const samples = new Map<number, PaceSample[]>()

  const noteOne = ({ partition, log, progress }: Place) => {
    if (progress === null) return
    const atMs = elapsed()
    const kept = (samples.get(partition) ?? []).filter((one) => atMs - one.atMs <= WINDOW_MS)
    const where = { log: `${log.topicId} ${progress.incarnation}`, end: log.end }
    samples.set(partition, [...kept, { atMs, checkpoint: progress.next_offset, ...where }])
  }
  const readBehind = async (behind: readonly BehindPartition[], nowMs: number): Promise<UnreadOfTopic> => {
    const places = behind.map(({ partition, log, unread }) => ({ partition, offset: log.end - unread }))
    if (places.length === 0) return nothingKnown
    try {
      return await withDeadline(readUnread(topic, places, nowMs), { milliseconds: DEADLINE_MS })
    } catch {
      return nothingKnown
    }
  }
  return {
    note: (partitions) => {
      partitions.forEach(noteOne)
    },
    read: async (partitions, nowMs) => {
      partitions.forEach(noteOne)
      const found = await readBehind(
        partitions.filter(({ unread }) => unread > 0n),
        nowMs,
      )
      return new Map(
        partitions.map((one) => [
          one.partition,
          outlookOf(one, samples.get(one.partition) ?? [], found, nowMs),
        ]),
      )
    },
  }
}

function outlookOf(
  { partition, log, unread, isExpired, isStopped }: BehindPartition,
  samples: readonly PaceSample[],
  { retention, timestamps, logBytes }: UnreadOfTopic,
  nowMs: number,
): Outlook {
  const measured = paceOf(samples)
  const pace = measured !== null && isStopped ? { ...measured, readPerSecond: 0 } : measured
  const timestampMs = timestamps.get(partition) ?? null
  const perOffset = bytesPerOffset(log, logBytes.get(partition))
  const bytes = perOffset === null ? null : perOffset * Number(unread)
  const bytesPerSecond = perOffset === null || pace === null ? null : perOffset * pace.producedPerSecond
  const known = { pace, drain: drainOf(unread, pace, nowMs), oldestUnreadMs: timestampMs }
  if (isExpired) return { ...known, retention: { atMs: nowMs, by: 'age' } }
  if (unread === 0n) return { ...known, retention: null }
  return { ...known, retention: retentionEnd(retention, { timestampMs, bytes, bytesPerSecond }, nowMs) }
}

const bytesPerOffset = ({ start, end }: PartitionLog, bytes: number | undefined): number | null =>
  bytes === undefined || end === start ? null : bytes / Number(end - start)
