import type { UnfinishedInsight } from '../../domain/batch/insight.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import type { Sql } from '../connection/connect.ts'
import { LOCK_NOT_AVAILABLE } from '../connection/failure.ts'
import { checkSchema } from '../schema/schema-version.ts'

export type Checkpoint = {
  topicId: string
  nextOffset: bigint
  /** Outputs of offsets below it are known to be committed in Kafka. */
  publishedOffset: bigint
  epoch: bigint
  unfinishedInsight: UnfinishedInsight
  /** Latest event time counted, never later than the worker's clock; null before the first login. */
  watermark: Date | null
  floodGuard: FloodGuard
  /** The log that the offsets belong to. */
  incarnation: number
  /** End of the log as last seen; null: it was never seen. */
  endOffset: bigint | null
  /** Offsets below it are counted again and not published, as an operator decided; null: none are. */
  recountUntil: bigint | null
  /**
   * The partition was retired: if its topic has it again, the group offset still belongs to the log before.
   */
  isRetired: boolean
  /**
   * Start time, as Postgres writes it, of the server on which the partition was claimed: it identifies that
   * server.
   */
  serverStart: string
}

export type PartitionKey = { topic: string; partition: number }

type Claim = PartitionKey & {
  topicId: string
  /** Where a partition without a checkpoint starts: at its earliest offset. */
  startOffset: bigint
  worker: string
  emptyInsight: UnfinishedInsight
  /** The state to set the guard to; null leaves it as it is. */
  floodGuard: FloodGuard | null
}

/**
 * The application name of a slice's sessions, by which the next claim of the partition finds and ends one
 * that holds locks.
 */
export const sliceApplicationName = ({ topic, partition }: PartitionKey): string =>
  // Postgres keeps 63 bytes of an application name.
  `rollcall slice ${partition} ${topic}`.slice(0, 63)

/**
 * After this time the row is taken to be locked by a stopped process (SIGSTOP, a frozen machine), whose
 * session is ended.
 */
const LOCK_TIMEOUT = '3s'

/**
 * Claims the partition: raises its epoch, so that the worker that held it before can commit nothing any more
 * (G3). Creates the checkpoint of a partition that has none.
 * @throws {PipelineFailure} transient, when another session holds the row; that session is ended
 * @throws {SchemaRefusal} when the database was migrated past what this code fits
 */
export async function claimPartition(sql: Sql, claim: Claim): Promise<Checkpoint> {
  try {
    return await sql.begin(async (tx) => {
      await tx`/* claimPartition: lock time-out */ select set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`
      const rows = await tx<Checkpoint[]>`/* claimPartition */
        insert into partition_checkpoint as held
          (topic, partition, topic_id, next_offset, published_offset, epoch, worker, unfinished_insight, claimed_at, updated_at)
        values
          (${claim.topic}, ${claim.partition}, ${claim.topicId}, ${claim.startOffset}, ${claim.startOffset}, 1,
           ${claim.worker}, ${tx.json(claim.emptyInsight)}, clock_timestamp(), clock_timestamp())
        on conflict (topic, partition) do update
          set epoch = held.epoch + 1, worker = excluded.worker, claimed_at = excluded.claimed_at,
              flood_guard = coalesce(${claim.floodGuard === null ? null : tx.json(claim.floodGuard)}::json, held.flood_guard)
        returning topic_id as "topicId", next_offset as "nextOffset", published_offset as "publishedOffset", epoch,
                  unfinished_insight as "unfinishedInsight", watermark, flood_guard as "floodGuard", incarnation,
                  end_offset as "endOffset", recount_until as "recountUntil", retired_at is not null as "isRetired",
                  pg_postmaster_start_time()::text as "serverStart"`
      const [checkpoint] = rows
      if (checkpoint === undefined) throw new Error('claimPartition returned no row')
      // Checked while the row is locked: a migration raises the epoch of every row first, so a later one has
      // to wait.
      await checkSchema(tx, 'write')
      return checkpoint
    })
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error
    await endSessions(sql, claim)
    throw new PipelineFailure(
      'transient',
      'postgres',
      'Postgres: a stopped worker held the partition; its session was ended, and the next attempt can claim it',
      { cause: error },
    )
  }
}

/** Records that a retired partition is read again. */
export async function recordReturn(sql: Sql, key: PartitionKey, epoch: bigint): Promise<void> {
  await sql`/* recordReturn */
    update partition_checkpoint set retired_at = null
    where topic = ${key.topic} and partition = ${key.partition} and epoch = ${epoch}`
}

/**
 * Kafka's id of the topic that a partition was read from, and whether it is retired. Null: it was never read.
 */
export async function readCountedTopic(
  sql: Sql,
  { topic, partition }: PartitionKey,
): Promise<{ topicId: string; isRetired: boolean } | null> {
  const [row] = await sql<{ topicId: string; isRetired: boolean }[]>`/* readCountedTopic */
    select topic_id as "topicId", retired_at is not null as "isRetired"
    from partition_checkpoint where topic = ${topic} and partition = ${partition}`
  return row ?? null
}

async function endSessions(sql: Sql, key: PartitionKey): Promise<void> {
  await sql`/* endSessions */
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${sliceApplicationName(key)} and usename = current_user and pid <> pg_backend_pid()`
}

/** Records that outputs below `publishedOffset` are in Kafka, in case the group offset expires there. */
export async function recordPublished(
  sql: Sql,
  key: PartitionKey,
  epoch: bigint,
  publishedOffset: bigint,
): Promise<void> {
  await sql`/* recordPublished */
    update partition_checkpoint set published_offset = ${publishedOffset}
    where topic = ${key.topic} and partition = ${key.partition} and epoch = ${epoch}
      and published_offset < ${publishedOffset}`
}
