import type { Config } from '../config/config.ts'
import { createKafka } from './client.ts'
import { classingKafka } from './failure.ts'

export type PartitionBounds = { partition: number; start: bigint; end: bigint }

export type TopicOffsets = {
  /**
   * First and end offset of every partition, in order of partition.
   * @throws {PipelineFailure} transient, when Kafka is away or the topic does not exist
   */
  read(topic: string): Promise<PartitionBounds[]>
  close: () => Promise<void>
}

/** Asks a topic for its partitions and offsets; connects at the first question. */
export function createTopicOffsets(config: Config['kafka'], clientId: string): TopicOffsets {
  const admin = createKafka(config, clientId).admin()
  return {
    read: (topic) =>
      classingKafka(async () => {
        await admin.connect()
        const offsets = await admin.fetchTopicOffsets(topic)
        return offsets
          .map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }))
          .sort((a, b) => a.partition - b.partition)
      }),
    close: () => admin.disconnect(),
  }
}
