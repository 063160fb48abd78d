import type { Config } from '../../config/config.ts'
import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { FetchWait } from '../../kafka/read/range-reader.ts'
import type { RangeLimits } from '../../kafka/read/take-range.ts'
import type { OutputProducerOptions } from '../../kafka/write/output-producer.ts'

/** An idle partition asks twice a second, and is answered at once when a record comes. */
export const IDLE: FetchWait = { maxWaitMs: 500, minBytes: 1 }

export const rangeLimits = ({ ingest }: Config): RangeLimits => ({
  maxBytes: ingest.batchMaxBytes,
  maxRecords: ingest.batchMaxRecords,
})

/** The transactional.id is one per input partition: whoever claims the partition fences the one before. */
export const producerOptions = (
  { kafka }: Config,
  { topic, partition }: PartitionKey,
): OutputProducerOptions => ({
  transactionalId: `${kafka.groupId}/${topic}/${partition}`,
  groupId: kafka.groupId,
  source: { topic, partition },
  outputTopics: [kafka.processedTopic, kafka.dlqTopic],
})
