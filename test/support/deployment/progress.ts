import { expect } from 'vitest'
import type { OpenDeployment } from './open-deployment.ts'

type Parts = Pick<OpenDeployment, 'sql' | 'kafka' | 'config'>

/** Offsets of the input topic, over all partitions; offsets without a record count too. */
export async function endOfLog({ kafka, config }: Omit<Parts, 'sql'>): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(config.kafka.topic)
  await admin.disconnect()
  return offsets.reduce((sum, { high }) => sum + Number(high), 0)
}

/** Offsets counted in Postgres and offsets published in Kafka, over all partitions. */
export async function progress({ sql, kafka, config }: Parts): Promise<{ read: number; published: number }> {
  const [row] = await sql<
    { read: bigint | null }[]
  >`select sum(next_offset)::bigint as read from partition_checkpoint`
  const admin = kafka.admin()
  await admin.connect()
  const [group] = await admin.fetchOffsets({ groupId: config.kafka.groupId, topics: [config.kafka.topic] })
  await admin.disconnect()
  const published = (group?.partitions ?? []).reduce(
    (sum, { offset }) => sum + Math.max(0, Number(offset)),
    0,
  )
  return { read: Number(row?.read ?? 0), published }
}

/**
 * Throws until every partition is read by its second slice: the first is a short one, the second lasts longer than any
 * outage here.
 */
export async function expectLongSlices({ sql }: Pick<Parts, 'sql'>): Promise<void> {
  const [slices] = await sql`select min(epoch)::integer as claimed from partition_checkpoint`
  expect(slices?.['claimed']).toBeGreaterThan(1)
}
