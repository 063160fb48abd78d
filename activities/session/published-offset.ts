import type { Config } from '../../config/config.ts'
import { recordReturn, type Checkpoint, type PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { OutputProducer } from '../../kafka/write/output-producer.ts'
import type { RangeReader } from '../../kafka/read/range-reader.ts'

/** A partition that is claimed in Postgres and in Kafka. */
type Claimed = {
  config: Config
  sql: Sql
  reader: RangeReader
  producer: OutputProducer
  checkpoint: Checkpoint
}

/**
 * Returns the offset at which publishing continues: the group offset, which moves with the outputs. A new
 * partition gets its first group offset before anything is published. If it is missing later, it expired or
 * was deleted; the last published offset that Postgres knows then replaces it if everything before the
 * checkpoint was published.
 * @throws {PipelineFailure} data_loss if the group offset is missing or contradicts the checkpoint
 */
export async function settlePublishedOffset(claimed: Claimed, key: PartitionKey): Promise<bigint> {
  const { config, reader, producer, checkpoint } = claimed
  if (checkpoint.isRetired) return await bringBack(claimed, key)
  const { groupId } = config.kafka
  const groupOffset = await reader.groupOffset(groupId)
  const where = `group ${groupId} on ${key.topic}/${key.partition}`
  if (groupOffset === null) {
    if (checkpoint.publishedOffset === checkpoint.nextOffset) {
      await producer.publish(producer.collect(), checkpoint.nextOffset)
      return checkpoint.nextOffset
    }
    throw new PipelineFailure(
      'data_loss',
      'kafka',
      `the committed offset of ${where} is gone; outputs before ${checkpoint.publishedOffset} are published, those before ` +
        `${checkpoint.nextOffset} may be: set the group offset to the first offset that is not, then resume`,
    )
  }
  if (groupOffset > checkpoint.nextOffset && groupOffset > (checkpoint.recountUntil ?? -1n)) {
    throw new PipelineFailure(
      'data_loss',
      'postgres',
      `Postgres has counted what is before ${checkpoint.nextOffset}, but outputs before ${groupOffset} are published by ${where}: ` +
        `the database is older than Kafka`,
    )
  }
  if (groupOffset < checkpoint.publishedOffset) {
    throw new PipelineFailure(
      'data_loss',
      'kafka',
      `the committed offset of ${where} was set back to ${groupOffset}, although outputs up to ` +
        `${checkpoint.publishedOffset - 1n} are published; acceptOffsetLoss goes on behind them`,
    )
  }
  return groupOffset
}

/** A retired partition that its topic has again begins anew, whatever group offset the previous log left. */
async function bringBack(
  { sql, producer, checkpoint: { nextOffset, epoch } }: Claimed,
  key: PartitionKey,
): Promise<bigint> {
  await producer.publish(producer.collect(), nextOffset)
  await classingPostgres(() => recordReturn(sql, key, epoch))
  return nextOffset
}
