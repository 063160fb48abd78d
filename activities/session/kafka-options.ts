import type { Config } from '../../config/config.ts'
import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { FetchWait } from '../../kafka/read/range-reader.ts'
import type { RangeLimits } from '../../kafka/read/take-range.ts'
import type { OutputProducerOptions } from '../../kafka/write/output-producer.ts'

/** An idle partition fetches twice a second; the broker answers at once when a record arrives. */
export const IDLE: FetchWait = { maxWaitMs: 500, minBytes: 1 }

export const rangeLimits = ({ ingest }: Config): RangeLimits => ({
  maxBytes: ingest.batchMaxBytes,
  maxRecords: ingest.batchMaxRecords,
})

/**
 * Each input partition has one transactional.id, so that whoever claims the partition fences its predecessor.
 */
export const producerOptions = (
  { kafka }: Config,
  { topic, partition }: PartitionKey,
): OutputProducerOptions => ({
  transactionalId: `${kafka.groupId}/${topic}/${partition}`,
  groupId: kafka.groupId,
  source: { topic, partition },
  outputTopics: [kafka.processedTopic, kafka.dlqTopic],
})
