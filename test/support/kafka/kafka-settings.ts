import { ConfigResourceTypes } from 'kafkajs'
import type { Kafka } from '../../../kafka/client.ts'

type Settings = Record<string, string>

/** Settings of a topic whose records are compacted at once, except those of the newest segment. */
export const compacting: Settings = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.001',
  'segment.ms': '50',
  'max.compaction.lag.ms': '50',
}

/** The log cleaner looks every 15 seconds by default. */
export async function cleanOften(kafka: Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const { brokers } = await admin.describeCluster()
  await admin.disconnect()
  const names = brokers.map(({ nodeId }) => String(nodeId))
  await alterSettings(kafka, ConfigResourceTypes.BROKER, names, { 'log.cleaner.backoff.ms': '200' })
}

/** Gives a topic these settings; all others take their defaults. */
export async function setTopicSettings(kafka: Kafka, topic: string, settings: Settings): Promise<void> {
  await alterSettings(kafka, ConfigResourceTypes.TOPIC, [topic], settings)
}

async function alterSettings(
  kafka: Kafka,
  type: ConfigResourceTypes,
  names: string[],
  settings: Settings,
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
  const admin = kafka.admin()
  await admin.connect()
  await admin.alterConfigs({
    validateOnly: false,
    resources: names.map((name) => ({ type, name, configEntries })),
  })
  await admin.disconnect()
}
