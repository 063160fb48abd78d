import { type PublishedHead, parseHead } from '../domain/audit/audit-head.ts'
import { PipelineFailure } from '../domain/pipeline/failure.ts'
import type { Kafka } from '../kafka/client.ts'
import { readRecords } from '../kafka/read/read-records.ts'
import type { TopicOffsets } from '../kafka/topics/topic-offsets.ts'
import type { HeadKeys } from './keys.ts'

/** Where heads are published. */
export type HeadsTopic = { kafka: Kafka; offsets: TopicOffsets; topic: string }

export type HeadsRead = {
  /** Those that count, by number: signed by a known key, or all where no key is known. */
  heads: PublishedHead[]
  areSigned: boolean
  /** Messages of the topic that were read and do not count. */
  ignored: number
  /** Whether nothing was ever published. */
  isEmpty: boolean
}

const READ_AT_ONCE = 10_000

/**
 * Reads the latest heads.
 * @param most how many messages are looked at, from the end of the topic
 * @throws {PipelineFailure} Kafka is away, or has no such topic
 */
export async function readHeads(
  { kafka, offsets, topic }: HeadsTopic,
  keys: HeadKeys,
  most = READ_AT_ONCE,
): Promise<HeadsRead> {
  const [log] = await offsets.read(topic).catch((error: unknown) => {
    if (!(error instanceof PipelineFailure)) throw error
    const message = `${error.message} (heads of the audit are on the topic ${topic}, which npm run topics creates)`
    throw new PipelineFailure(error.failureClass, error.part, message, { cause: error })
  })
  if (log === undefined) throw new PipelineFailure('transient', 'kafka', `Kafka: ${topic} has no partition`)
  const areSigned = keys.keyIds.length > 0
  const heads: PublishedHead[] = []
  let ignored = 0
  const earliest = log.stableEnd - BigInt(most)
  let next = earliest > log.start ? earliest : log.start
  while (next < log.stableEnd) {
    const range = { topic, partition: 0, from: next, to: log.stableEnd }
    const read = await readRecords(kafka, range, READ_AT_ONCE)
    for (const { value } of read.records) {
      const head = value === null ? null : parseHead(value.toString())
      if (head !== null && (!areSigned || keys.isSigned(head, 'head'))) heads.push(head)
      else ignored++
    }
    next = read.next
  }
  return { heads: heads.sort((a, b) => a.seq - b.seq), areSigned, ignored, isEmpty: log.stableEnd === 0n }
}
