import type { PartitionLog } from './partition-log.ts'

/** Topic id in tests without Kafka. */
export const TOPIC_ID = '00000000-0000-4000-8000-000000000001'

/** A log that can be read to its end. */
export const logOf = (
  partition: number,
  start: number,
  end: number,
  more: Partial<PartitionLog> = {},
): PartitionLog => ({
  partition,
  topicId: TOPIC_ID,
  start: BigInt(start),
  end: BigInt(end),
  stableEnd: BigInt(end),
  openTransactions: [],
  ...more,
})
