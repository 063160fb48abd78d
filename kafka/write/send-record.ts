import type { Kafka } from '../client.ts'
import { classingKafka } from '../failure.ts'

/**
 * Sends one record, on a connection of its own, and returns when all in-sync replicas have it. If it fails, the topic may
 * have it all the same.
 * @throws {PipelineFailure}
 */
export async function sendRecord(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  try {
    await classingKafka(async () => {
      await producer.connect()
      await producer.send({ topic, acks: -1, messages: [{ value }] })
    })
  } finally {
    await producer.disconnect()
  }
}
