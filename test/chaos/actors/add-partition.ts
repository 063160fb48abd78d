import type { World } from '../world.ts'

/** The topic gets one partition more. */
export async function addPartition({ deployment, say }: World): Promise<void> {
  const { topic } = deployment.config.kafka
  const admin = deployment.kafka.admin()
  try {
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const count = (topics[0]?.partitions.length ?? 0) + 1
    await admin.createPartitions({ topicPartitions: [{ topic, count }] })
    say(`the topic has ${count} partitions`)
  } catch (error) {
    say(`no partition added: ${String(error)}`)
  } finally {
    await admin.disconnect()
  }
}
