import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { Kafka } from '../client.ts'
import { classingKafka } from '../failure.ts'
import { createCluster, type Cluster } from '../kafkajs-internals.ts'

/** Resource type of DescribeConfigs. */
export const TOPIC_RESOURCE = 2
/** Kafka's own defaults, for a topic whose settings the principal may not see. */
const defaults = { 'max.message.bytes': 1_048_588, 'segment.bytes': 1_073_741_824 }
const DENIED = new Set(['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])
/** Whether a broker does not let this client have what it asked for. */
export const isDenied = (error: unknown): boolean => DENIED.has((error as { type?: string }).type ?? '')
/** Every output fits into this size, because a dead letter is cut. */
const LEAST_BYTES = 32 * 1024

/**
 * Reads the bytes of the largest record batch that each topic takes.
 * @throws {PipelineFailure} permanent: a topic takes less than an output may need
 * @throws kafkajs's errors
 */
export async function readTopicLimits(cluster: Cluster, topics: string[]): Promise<TopicLimits> {
  const broker = await cluster.findControllerBroker()
  const limits = new Map<string, number>()
  for (const topic of topics) {
    const resource = { type: TOPIC_RESOURCE, name: topic, configNames: Object.keys(defaults) }
    const settings = { ...defaults }
    try {
      const { resources } = await broker.describeConfigs({ resources: [resource] })
      for (const { configName, configValue } of resources[0]?.configEntries ?? [])
        if (configName in defaults) settings[configName as keyof typeof defaults] = Number(configValue)
    } catch (error) {
      if (!isDenied(error)) throw error
    }
    limits.set(topic, Math.min(...Object.values(settings)))
  }
  for (const [topic, bytes] of limits) if (bytes < LEAST_BYTES) throw tooSmall(topic, bytes)
  return (topic) => limits.get(topic) ?? LEAST_BYTES
}

/** Bytes of the largest record batch that a topic takes. */
export type TopicLimits = (topic: string) => number

/**
 * Like {@link readTopicLimits}, on a connection of its own.
 * @throws {PipelineFailure}
 */
export async function fetchTopicLimits(kafka: Kafka, topics: string[]): Promise<TopicLimits> {
  const cluster = createCluster(kafka)
  try {
    return await classingKafka(async () => {
      await cluster.connect()
      await cluster.addMultipleTargetTopics(topics)
      return await readTopicLimits(cluster, topics)
    })
  } finally {
    await cluster.disconnect()
  }
}

const tooSmall = (topic: string, bytes: number) =>
  new PipelineFailure(
    'permanent',
    'kafka',
    `Kafka: the topic ${topic} takes record batches of ${bytes} bytes at most (max.message.bytes, segment.bytes): ` +
      `raise both to ${LEAST_BYTES} or more, then resume`,
  )
