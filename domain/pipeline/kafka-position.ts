/** The place of a record in Kafka. */
export type KafkaPosition = { topic: string; partition: number; offset: bigint }

/** https://kafka.apache.org/documentation/#basic_ops_add_topic: letters, digits, dots, underscores, hyphens. */
const POSITION = /^([A-Za-z0-9._-]{1,249})\/(\d{1,10})@(\d{1,19})$/
const MAX_PARTITION = 2 ** 31 - 1
const MAX_OFFSET = 2n ** 63n - 1n

/** Parses `<topic>/<partition>@<offset>`. Returns null when the text is no place that a record can have. */
export function parseKafkaPosition(text: string): KafkaPosition | null {
  const [, topic, partition, offset] = POSITION.exec(text) ?? []
  if (topic === undefined || partition === undefined || offset === undefined) return null
  if (Number(partition) > MAX_PARTITION || BigInt(offset) > MAX_OFFSET) return null
  return { topic, partition: Number(partition), offset: BigInt(offset) }
}

export const formatKafkaPosition = ({ topic, partition, offset }: KafkaPosition): string =>
  `${topic}/${partition}@${offset}`
