import { LRUCache } from 'lru-cache'
import pTimeout from 'p-timeout'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { busy } from '../../db/nodes/read-failure.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import type { KafkaBounds, ReadKafkaBounds } from '../context/source-types.ts'

/** As kafka/topics/topic-offsets.ts provides it. */
export type TopicOffsets = { read(topic: string): Promise<PartitionLog[]> }
/** Every answer asks for the end offsets; a second is as fresh as anyone sees. */
const CACHE_MS = 1_000
/** While Kafka is away, most answers come at once instead of waiting for it. */
const FAILURE_CACHE_MS = 5_000
/** An answer without lag beats one that waits for a broker that is away. */
const DEADLINE_MS = 1_500

/** Clients may ask about any topic name; the cache must not grow with them. */
const MAX_TOPICS = 100
/** Questions to Kafka about other topics than the one that is counted: each opens connections. */
const OTHERS_AT_ONCE = 8

/**
 * Logs of topics, asked for once a second or as wanted; never throws, never takes longer than 1.5 seconds.
 * @param counted the topic that every answer is about: it never waits for questions about others
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
    if (release === null) throw busy('many topics are asked for')
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
    return { ok: true, bounds: await pTimeout(answer, { milliseconds: DEADLINE_MS, message }) }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
