import type { Config } from '../../config/config.ts'
import { WHOLE_MAX_BYTES } from '../../domain/login/kept-record.ts'
import { createKafka } from '../client.ts'
import { classingKafka } from '../failure.ts'
import { createTopics } from './create-topics.ts'

/** A reject of up to WHOLE_MAX_BYTES keeps all its bytes, and headers say why it was rejected. */
const DLQ_MAX_MESSAGE_BYTES = WHOLE_MAX_BYTES + 64 * 1024

const KEPT_FOR_EVER = [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
]

/**
 * Creates the input, output and dead letter topics that do not exist yet, with `config.partitions`
 * partitions, and the topic of the audit's heads.
 * @returns the names of the topics that it created
 * @throws {PipelineFailure} transient
 */
export async function ensureTopics(config: Config['kafka']): Promise<string[]> {
  const admin = createKafka(config, 'rollcall-topics').admin()
  try {
    return await classingKafka(async () => {
      await admin.connect()
      const existing = new Set(await admin.listTopics())
      const missing = topicsOf(config).filter(({ topic }) => !existing.has(topic))
      if (missing.length === 0) return []
      await createTopics(admin, missing)
      return missing.map(({ topic }) => topic)
    })
  } finally {
    await admin.disconnect()
  }
}

function topicsOf(config: Config['kafka']) {
  const { partitions: numPartitions, replicationFactor } = config
  const largeMessages = [{ name: 'max.message.bytes', value: String(DLQ_MAX_MESSAGE_BYTES) }]
  return [
    { topic: config.topic, numPartitions, replicationFactor },
    { topic: config.processedTopic, numPartitions, replicationFactor },
    { topic: config.dlqTopic, numPartitions, replicationFactor, configEntries: largeMessages },
    // One partition, because heads have one order.
    { topic: config.auditHeadsTopic, numPartitions: 1, replicationFactor, configEntries: KEPT_FOR_EVER },
  ]
}
