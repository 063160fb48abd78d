import type { Config } from '../config/config.ts'
import { createKafka } from '../kafka/client.ts'

/** Of every topic here, in and out. */
export const PARTITIONS = 4

export async function createTopic(config: Config['kafka'], topic: string): Promise<void> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  try {
    await admin.connect()
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
    })
  } finally {
    await admin.disconnect()
  }
}

/** Sum over the partitions of what a group has committed; partitions without a commit count as zero. */
export type CommittedOffsets = { read: () => Promise<bigint>; close: () => Promise<void> }

export async function watchCommitted(config: Config['kafka']): Promise<CommittedOffsets> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  await admin.connect()
  return {
    read: async () => {
      const [answer] = await admin.fetchOffsets({ groupId: config.groupId, topics: [config.topic] })
      return (answer?.partitions ?? []).reduce((sum, { offset }) => {
        const committed = BigInt(offset)
        return committed > 0n ? sum + committed : sum
      }, 0n)
    },
    close: () => admin.disconnect(),
  }
}
