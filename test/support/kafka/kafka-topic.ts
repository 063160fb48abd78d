import { randomUUID } from 'node:crypto'
import { inject, onTestFinished } from 'vitest'
import { loadConfig } from '../../../config/config.ts'
import type { SourceRecord } from '../../../domain/login/record.ts'
import { createKafka, type Kafka } from '../../../kafka/client.ts'
import { openRangeReader, type RangeReader } from '../../../kafka/read/range-reader.ts'
import type { RangeLimits } from '../../../kafka/read/take-range.ts'
import { createTopics } from '../../../kafka/topics/create-topics.ts'

/** A topic of its own for one test of the code in kafka/. */
export type KafkaTopic = {
  kafka: Kafka
  name: string
  /** A range reader of one partition, closed when the test ends. */
  reader: (limits?: Partial<RangeLimits>, partition?: number) => Promise<RangeReader>
  addPartitions: (count: number) => Promise<void>
  delete: () => Promise<void>
  create: () => Promise<void>
}

const READ = { maxWaitMs: 100, minBytes: 1 }
/** Reads that bring nothing before a test gives up: five seconds. */
const MAX_EMPTY_READS = 50

export async function createKafkaTopic(settings: Record<string, string> = {}): Promise<KafkaTopic> {
  const name = `contract-${randomUUID().slice(0, 8)}`
  const kafka = createKafka(loadConfig(inject('stackEnvironment')).kafka, name)
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  const configEntries = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }))
  const create = () => createTopics(admin, [{ topic: name, numPartitions: 1, configEntries }])
  await create()
  return {
    kafka,
    name,
    create,
    addPartitions: async (count) => {
      await admin.createPartitions({ topicPartitions: [{ topic: name, count }] })
    },
    delete: () => admin.deleteTopics({ topics: [name] }),
    reader: async (limits = {}, partition = 0) => {
      const opened = await openRangeReader(kafka, name, partition, {
        maxBytes: 1024 * 1024,
        maxRecords: 10_000,
        ...limits,
      })
      onTestFinished(opened.close)
      return opened
    },
  }
}

/**
 * Reads from the first offset until the lag is 0.
 * @throws when the reader stays behind the end
 */
export async function readToEnd(
  reader: RangeReader,
): Promise<{ records: SourceRecord[]; end: bigint; reads: number }> {
  const records: SourceRecord[] = []
  let { start: next } = await reader.bounds()
  for (let reads = 1, empty = 0; empty < MAX_EMPTY_READS; reads++) {
    const range = await reader.read(next, READ)
    empty = range.to === next ? empty + 1 : 0
    records.push(...range.records.slice(0))
    next = range.to
    if (next === range.endOffset) return { records, end: next, reads }
  }
  throw new Error(`the reader stays at offset ${next}`)
}

export const textOf = (records: readonly { value: Uint8Array | null }[]): string[] =>
  records.map(({ value }) => Buffer.from(value ?? []).toString())
