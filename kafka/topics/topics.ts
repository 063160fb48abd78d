import type { Config } from '../../config/config.ts'
import { WHOLE_MAX_BYTES } from '../../domain/login/kept-record.ts'
import { createKafka } from '../client.ts'
import { classingKafka } from '../failure.ts'
import { createTopics } from './create-topics.ts'

/** A reject of up to WHOLE_MAX_BYTES keeps all its bytes, and headers say why it was rejected. */
const DLQ_MAX_MESSAGE_BYTES = WHOLE_MAX_BYTES + 64 * 1024

/**
 * Creates the input, output and dead letter topics that do not exist yet, with `config.partitions`
 * partitions.
 * @returns the names of the topics that it created
 * @throws {PipelineFailure} transient
 */
export async function ensureTopics(config: Config['kafka']): Promise<string[]> {
  const admin = createKafka(config, 'rollcall-topics').admin()
  try {
    return await classingKafka(async () => {
      await admin.connect()
      const existing = new Set(await admin.listTopics())
      const missing = [config.topic, config.processedTopic, config.dlqTopic].filter(
        (name) => !existing.has(name),
      )
      if (missing.length === 0) return []
      await createTopics(
        admin,
        missing.map((topic) => ({
          topic,
          numPartitions: config.partitions,
          replicationFactor: config.replicationFactor,
          configEntries:
            topic === config.dlqTopic
              ? [{ name: 'max.message.bytes', value: String(DLQ_MAX_MESSAGE_BYTES) }]
              : [],
        })),
      )
      return missing
    })
  } finally {
    await admin.disconnect()
  }
}
