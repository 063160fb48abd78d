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

/**
 * Asks topics for their partitions and offsets; connects at the first question. A client of kafkajs asks after every topic that it
 * was ever asked for, and fails for all once one of them fails: so the topic of the configuration has a client of its own, which
 * is replaced once it fails, and any other topic has one for each question.
 */
export function createTopicOffsets(config: Config['kafka'], clientId: string): TopicOffsets {
  const kafka = createKafka(config, clientId)
  let lasting: Admin | null = null
  const readLasting = async (topic: string) => {
    const admin = (lasting ??= kafka.admin())
    try {
      return await readOffsets(admin, topic)
    } catch (error) {
      if (lasting === admin) lasting = null
      disconnect(admin)
      throw error
    }
  }
  const readOnce = async (topic: string) => {
    const admin = kafka.admin()
    try {
      return await readOffsets(admin, topic)
    } finally {
      disconnect(admin)
    }
  }
  return {
    read: (topic) => classingKafka(() => (topic === config.topic ? readLasting(topic) : readOnce(topic))),
    close: async () => {
      await lasting?.disconnect()
    },
  }
}

type Admin = ReturnType<ReturnType<typeof createKafka>['admin']>

async function readOffsets(admin: Admin, topic: string): Promise<PartitionBounds[]> {
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets
    .map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }))
    .sort((a, b) => a.partition - b.partition)
}

/** Nobody waits for it: a broker that is away answers that neither. */
const disconnect = (admin: Admin): void => {
  admin.disconnect().catch(() => undefined)
}
