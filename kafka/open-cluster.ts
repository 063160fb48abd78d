import type { Kafka } from './client.ts'
import { createCluster, type Cluster } from './kafkajs-internals.ts'

/**
 * Connects a cluster that knows these topics and returns what `make` makes of it. If any of that fails, the
 * cluster is disconnected.
 * @throws kafkajs's errors, and those of `make`
 */
export async function openCluster<T>(
  kafka: Kafka,
  topics: string[],
  make: (cluster: Cluster) => T | Promise<T>,
): Promise<T> {
  const cluster = createCluster(kafka)
  try {
    await cluster.connect()
    await cluster.addMultipleTargetTopics(topics)
    return await make(cluster)
  } catch (error) {
    await cluster.disconnect()
    throw error
  }
}
