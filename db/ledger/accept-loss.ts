import type { UnfinishedInsight } from '../../domain/batch/insight.ts'
import type { Checkpoint, PartitionKey } from '../ingest/checkpoint.ts'
import type { Sql } from '../connection/connect.ts'

/** What an operator accepts as lost, and where reading goes on. */
type AcceptedLoss = PartitionKey & {
  batchId: bigint
  commandId: string
  checkpoint: Checkpoint
  /** Kafka's id of the topic as it is now. */
  topicId: string
  /** End of what was never read. The ledger gets a row from the old checkpoint to here. */
  lostTo: bigint
  nextOffset: bigint
  /** Offsets that were counted before come again, because they belong to another log. */
  isNewLog: boolean
  /** The partition is gone and is no longer read. */
  isRetired: boolean
  /**
   * Postgres has lost counts whose outputs are in Kafka: offsets up to here are counted again and not
   * published.
   */
  recountUntil: bigint | null
  unfinishedInsight: UnfinishedInsight
  /** What was lost, for people who read the ledger. */
  description: string
  codeVersion: string
}

/**
 * Moves the checkpoint to where an operator wants reading to go on. The ledger keeps the offsets between as
 * skipped (G8).
 */
export async function acceptLoss(sql: Sql, loss: AcceptedLoss): Promise<void> {
  const { checkpoint, topic, partition } = loss
  await sql.begin(async (tx) => {
    await tx`/* acceptLoss */
      update partition_checkpoint
      set next_offset = ${loss.nextOffset}, topic_id = ${loss.topicId}, recount_until = ${loss.recountUntil},
          incarnation = incarnation + ${loss.isNewLog ? 1 : 0},
          published_offset = case when ${loss.isNewLog} then ${loss.nextOffset}::bigint else published_offset end,
          retired_at = case when ${loss.isRetired} then clock_timestamp() end,
          unfinished_insight = ${tx.json(loss.unfinishedInsight)}, updated_at = clock_timestamp()
      where topic = ${topic} and partition = ${partition} and epoch = ${checkpoint.epoch}`
    // Nothing of this log was left unread. A log that is gone gets a row all the same, with an empty range if
    // need be.
    if (loss.lostTo === checkpoint.nextOffset && !loss.isNewLog) return
    await tx`/* acceptLoss: ledger */
      insert into batch (id, topic, partition, incarnation, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                         processed_at, code_version, error, command_id)
      values (${loss.batchId}, ${topic}, ${partition}, ${checkpoint.incarnation}, ${checkpoint.nextOffset}, ${loss.lostTo}, 'skipped',
              0, 0, 0, 0, clock_timestamp(), ${loss.codeVersion}, ${loss.description}, ${loss.commandId})`
  })
}

/** Whether a command has moved this partition's checkpoint already, in an earlier attempt of its activity. */
export async function isLossAccepted(sql: Sql, key: PartitionKey, commandId: string): Promise<boolean> {
  const rows = await sql`/* isLossAccepted */
    select from batch
    where topic = ${key.topic} and partition = ${key.partition} and command_id = ${commandId} and status = 'skipped'`
  return rows.length > 0
}

/**
 * Notes in the ledger that the outputs of counted batches were never published, and that it is too late to do
 * so.
 */
export async function recordLostOutputs(
  sql: Sql,
  key: PartitionKey,
  incarnation: number,
  range: { from: bigint; to: bigint },
): Promise<void> {
  await sql`/* recordLostOutputs */
    update batch set error = 'counted, but its outputs were never published: its records are gone from Kafka', changed_at = clock_timestamp()
    where topic = ${key.topic} and partition = ${key.partition} and incarnation = ${incarnation} and status = 'committed'
      and from_offset >= ${range.from} and from_offset < ${range.to}`
}
