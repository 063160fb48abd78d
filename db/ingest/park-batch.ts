import type { OffsetRange } from '../../domain/batch/batch.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import type { UnfinishedInsight } from '../../domain/batch/insight.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { PartitionKey } from './checkpoint.ts'
import type { Sql } from '../connection/connect.ts'
import { moveCheckpoint, type Holding } from './move-checkpoint.ts'

export type BatchParking = {
  batchId: bigint
  holding: Holding
  range: OffsetRange
  error: string
  /** The clock (Unix milliseconds) by which the range was decided; a replay decides by the same. */
  processedAtMs: number
  unfinishedInsight: UnfinishedInsight
  floodGuard: FloodGuard
  publishedOffset: bigint
  endOffset: bigint
  codeVersion: string
  /** The operator's command that set the range aside; absent: the range failed. */
  commandId?: string
}

/**
 * Sets a range aside in the ledger and moves the checkpoint past it: nothing of it is counted, and nothing is
 * lost (G4).
 * @throws what moveCheckpoint throws
 */
export async function parkBatch(sql: Sql, parking: BatchParking): Promise<void> {
  const { batchId, holding, range, processedAtMs } = parking
  await sql.begin(async (tx) => {
    await moveCheckpoint(tx, { ...holding, ...parking, logins: 0, rejects: 0, watermarkMs: null })
    await tx`/* parkBatch */
      insert into batch (id, topic, partition, incarnation, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                         processed_at, code_version, error, command_id)
      values (${batchId}, ${range.topic}, ${range.partition}, ${holding.incarnation}, ${range.from}, ${range.to}, 'parked',
              0, 0, 0, 0, ${isoTime(processedAtMs)}, ${parking.codeVersion}, ${parking.error}, ${parking.commandId ?? null})`
  })
}

/**
 * Parked batches of a partition, and those with withheld outputs, whose workflow is not known to exist yet.
 */
export async function batchesToHandOver(sql: Sql, key: PartitionKey): Promise<ParkedBatch[]> {
  return await sql<ParkedBatch[]>`/* batchesToHandOver */
    select id::text as "batchId", topic, partition, incarnation, from_offset::text as "from", to_offset::text as "to",
           coalesce(error, '') as error, command_id is not null as "isSetAside"
    from batch
    where topic = ${key.topic} and partition = ${key.partition} and (status = 'parked' or withheld_at is not null)
      and handed_over_at is null
    order by from_offset`
}

/**
 * Withholds the outputs of committed batches: the batches stay counted and wait for a replay that publishes
 * their outputs.
 * @throws {PipelineFailure} fenced, when another worker holds the partition
 */
export async function withholdOutputs(
  sql: Sql,
  { topic, partition }: PartitionKey,
  { epoch, incarnation }: Holding,
  range: { from: bigint; to: bigint },
  { commandId, error }: { commandId: string; error: string },
): Promise<void> {
  const rows = await sql`/* withholdOutputs */
    with held as (
      select from partition_checkpoint where topic = ${topic} and partition = ${partition} and epoch = ${epoch} for update
    ), withheld as (
      update batch
      set withheld_at = clock_timestamp(), changed_at = clock_timestamp(), handed_over_at = null, error = ${error},
          command_id = ${commandId}
      where topic = ${topic} and partition = ${partition} and incarnation = ${incarnation} and status = 'committed'
        and from_offset >= ${range.from} and from_offset < ${range.to} and withheld_at is null and exists (select from held)
    )
    select from held`
  if (rows.length === 0) throw lostPartition({ topic, partition })
}

/**
 * The range that a command has set aside already, in an earlier attempt of its activity. Null: there is none.
 */
export async function findCommanded(
  sql: Sql,
  { topic, partition }: PartitionKey,
  commandId: string,
): Promise<{ from: bigint; to: bigint; isWithheld: boolean } | null> {
  const [found] = await sql<{ from: bigint; to: bigint; isWithheld: boolean }[]>`/* findCommanded */
    select from_offset as "from", to_offset as "to", withheld_at is not null as "isWithheld"
    from batch where topic = ${topic} and partition = ${partition} and command_id = ${commandId} order by from_offset limit 1`
  return found ?? null
}

const lostPartition = ({ topic, partition }: PartitionKey) =>
  new PipelineFailure('fenced', 'postgres', `another worker took ${topic}/${partition}`)

/** Records that the workflow of a parked or withheld batch exists. */
export async function recordHandOver(sql: Sql, batchId: string): Promise<void> {
  await sql`/* recordHandOver */
    update batch set handed_over_at = clock_timestamp() where id = ${batchId}::text::bigint and handed_over_at is null`
}
