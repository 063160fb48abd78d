import type { Kafka } from '../../../kafka/client.ts'

/** Deletes the records of a partition below `offset`, as retention does. */
export async function deleteRecords(
  kafka: Kafka,
  topic: string,
  partition: number,
  offset: number,
): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  // kafkajs finds the partition's leader only in metadata that another request has loaded.
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] })
  await admin.disconnect()
}
