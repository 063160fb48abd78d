import type { Config } from '../../../config/config.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { createTopicOffsets } from '../../../kafka/topics/topic-offsets.ts'
import { watchPublished, type Progress } from '../../topics.ts'
import { readTotals, type FlinkVariant } from './flink-tables.ts'

/**
 * Watches what Flink has published: it commits the transaction of a checkpoint after it has written all counts
 * of that checkpoint to Postgres. All are done when Postgres has `events` in every table and no transaction is
 * open. Its consumer group is no measure: once a topic has no more records, the source commits offsets up to
 * ten seconds late.
 */
export async function watchFlink(
  sql: Sql,
  { kafka }: Config,
  variant: FlinkVariant,
  events: number,
): Promise<Progress> {
  const published = await watchPublished(kafka)
  const output = createTopicOffsets({ ...kafka, topic: kafka.processedTopic }, 'rollcall-bench')
  const isComplete = async () => {
    const { counted, ofUsers } = await readTotals(sql)
    if (counted < events || (variant === 'users' && ofUsers < events)) return false
    const logs = await output.read(kafka.processedTopic)
    return logs.every(({ end, stableEnd }) => end === stableEnd)
  }
  return {
    read: async () => {
      const done = (await published.read()) ?? 0
      // Markers of transactions are among those published, so that the last logins may still be missing.
      return done < events || (await isComplete()) ? done : events - 1
    },
    close: async () => {
      await Promise.all([published.close(), output.close()])
    },
  }
}
