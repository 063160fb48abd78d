import type { Kafka } from '../client.ts'

/**
 * Deletes a consumer group without members. If that fails, the group expires by itself
 * (offsets.retention.minutes).
 */
export async function deleteGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 0 } })
  try {
    await admin.connect()
    await admin.deleteGroups([groupId])
  } catch {
    return
  } finally {
    await admin.disconnect()
  }
}
