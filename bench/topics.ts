import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { createKafka } from '../kafka/client.ts'

/** Partitions of every topic of a benchmark, input and output. */
export const PARTITIONS = 4
const CREATE_TIMEOUT_MS = 30_000
const CREATE_POLL_MS = 50

type Admin = ReturnType<ReturnType<typeof createKafka>['admin']>

export async function createTopic(config: Config['kafka'], topic: string): Promise<void> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  try {
    await admin.connect()
    await admin.createTopics({
      // The wait of kafkajs fails if the broker does not know the topic yet.
      waitForLeaders: false,
      topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
    })
    await untilKnown(admin, topic)
  } finally {
    await admin.disconnect()
  }
}

async function untilKnown(admin: Admin, topic: string): Promise<void> {
  for (const deadlineMs = Date.now() + CREATE_TIMEOUT_MS; ;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      if (topics[0]?.partitions.every(({ leader }) => leader >= 0)) {
        // The metadata may name a leader before that broker knows it.
        await admin.fetchTopicOffsets(topic)
        return
      }
      if (Date.now() > deadlineMs) throw new Error(`${topic} has no leaders`)
    } catch (error) {
      if (Date.now() > deadlineMs) throw error
    }
    await sleep(CREATE_POLL_MS)
  }
}

/** `read` sums what a group has committed over the partitions. Null: the broker cannot say yet. */
type CommittedOffsets = { read: () => Promise<bigint | null>; close: () => Promise<void> }

export async function watchCommitted(config: Config['kafka']): Promise<CommittedOffsets> {
  const admin = createKafka(config, 'rollcall-bench').admin()
  await admin.connect()
  return {
    read: async () => {
      try {
        const [answer] = await admin.fetchOffsets({ groupId: config.groupId, topics: [config.topic] })
        const offsets = (answer?.partitions ?? []).map(({ offset }) => BigInt(offset))
        // Partitions without a commit have a negative offset.
        return offsets.reduce((sum, offset) => (offset > 0n ? sum + offset : sum), 0n)
      } catch (error) {
        // The coordinator of a new group is still being loaded.
        if ((error as { retriable?: boolean }).retriable === true) return null
        throw error
      }
    },
    close: () => admin.disconnect(),
  }
}
