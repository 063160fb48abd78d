import { LRUCache } from 'lru-cache'
import { withDeadline } from '../../concurrency/with-deadline.ts'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { busy } from '../../db/nodes/read-failure.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import type { KafkaBounds, ReadKafkaBounds } from '../context/source-types.ts'

/** Part of TopicOffsets (kafka/topics/topic-offsets.ts). */
type TopicOffsets = { read(topic: string): Promise<PartitionLog[]> }

/** How long logs are kept. Most answers ask for them, and nobody notices a second. */
const CACHE_MS = 1_000
/** How long a failure is kept: while Kafka is away, most answers do not wait for it. */
const FAILURE_CACHE_MS = 5_000
/** How long an answer waits for Kafka; it is better without lag than late. */
const DEADLINE_MS = 1_500
/** How many topics are kept: clients may ask about any name. */
const MAX_TOPICS = 100
/**
 * How many other topics than the one that is counted are asked about at a time, because each opens
 * connections.
 */
const OTHERS_AT_ONCE = 8

/**
 * Reads the logs of topics, and asks Kafka once a second or as the caller requires. The result never throws,
 * and takes 1.5 seconds at most.
 * @param counted the topic that is counted: it never waits for questions about other topics
 * @param clock milliseconds of a clock that never goes back
 */
export function createKafkaBounds(
  offsets: TopicOffsets,
  counted: string,
  clock: () => number = () => performance.now(),
): ReadKafkaBounds {
  const cache = new LRUCache<string, Entry>({ max: MAX_TOPICS })
  const others = new Semaphore(OTHERS_AT_ONCE)
  const read = async (topic: string) => {
    if (topic === counted) return await offsets.read(topic)
    const release = await others.acquire({ patienceMs: DEADLINE_MS })
    if (release === null) throw busy('too many topics are asked about at once')
    try {
      return await offsets.read(topic)
    } finally {
      release()
    }
  }
  return (topic, sinceMs = -Infinity) => {
    const cached = cache.get(topic)
    if (cached !== undefined && clock() < cached.untilMs && (cached.isFailure || cached.askedMs >= sinceMs))
      return cached.answer
    const entry: Entry = {
      answer: ask(read(topic)),
      askedMs: clock(),
      untilMs: Infinity,
      isFailure: false,
    }
    cache.set(topic, entry)
    void entry.answer.then(({ ok }) => {
      entry.isFailure = !ok
      entry.untilMs = clock() + (ok ? CACHE_MS : FAILURE_CACHE_MS)
    })
    return entry.answer
  }
}

type Entry = { answer: Promise<KafkaBounds>; askedMs: number; untilMs: number; isFailure: boolean }

async function ask(answer: Promise<PartitionLog[]>): Promise<KafkaBounds> {
  const message = `Kafka did not answer within ${DEADLINE_MS} ms`
  try {
    return { ok: true, bounds: await withDeadline(answer, { milliseconds: DEADLINE_MS, message }) }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
