import type { Config } from '../config/config.ts'
import { createKafka } from '../kafka/client.ts'
import { createTopics } from '../kafka/topics/create-topics.ts'

/** Partitions of the topics of a benchmark, input and output, unless told otherwise. */
export const PARTITIONS = 4

export async function createTopic(
  config: Config['kafka'],
  topic: string,
  partitions = PARTITIONS,
): Promise<void> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  try {
    await admin.connect()
    await createTopics(admin, [{ topic, numPartitions: partitions, replicationFactor: 1 }])
  } finally {
    await admin.disconnect()
  }
}

/** `read` tells how many logins a program has done. Null: that cannot be read yet. */
export type Progress = { read: () => Promise<number | null>; close: () => Promise<void> }

/** Takes for done what the program's consumer group has committed. */
export async function watchCommitted(config: Config['kafka']): Promise<Progress> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  await admin.connect()
  return {
    read: async () => {
      try {
        const [answer] = await admin.fetchOffsets({ groupId: config.groupId, topics: [config.topic] })
        // Partitions without a commit have a negative offset.
        return sum((answer?.partitions ?? []).map(({ offset }) => Math.max(0, Number(offset))))
      } catch (error) {
        // The coordinator of a new group is still being loaded.
        if ((error as { retriable?: boolean }).retriable === true) return null
        throw error
      }
    },
    close: () => admin.disconnect(),
  }
}

/**
 * Takes for done what can be read from the program's output topic under read_committed. That includes the
 * marker at the end of each transaction.
 */
export async function watchPublished(config: Config['kafka']): Promise<Progress> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  await admin.connect()
  return {
    // kafkajs asks under read_committed.
    read: async () =>
      sum((await admin.fetchTopicOffsets(config.processedTopic)).map(({ offset }) => Number(offset))),
    close: () => admin.disconnect(),
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
