import type { UnknownOutcomes } from '../../domain/batch/unknown-outcomes.ts'
import type { BatchStatus } from '../../domain/pipeline/batch-status.ts'
import type { DecodeRules } from '../../domain/decode/decode-rules.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { isoTime, isoTimeOrNull } from '../../domain/time/iso-time.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { unknownOutcomesJson } from '../ingest/unknown-outcomes.ts'

/** What kind of command changed a batch after it was first written. */
export type RevisionKind = 'replay' | 'redrive' | 'publish'

/** A batch that was claimed for a change: a replay, a skip, or a redrive of its rejects. */
export type ClaimedBatch = {
  id: bigint
  topic: string
  partition: number
  incarnation: number
  from: bigint
  to: bigint
  status: BatchStatus
  logins: number
  rejects: number
  revision: number
  /** Fences earlier claims of the batch. */
  claim: bigint
  /** The clock (Unix milliseconds) by which the batch was decided and is decided again. */
  processedAtMs: number
  /**
   * The kind of the latest revision if its outputs are not known to be in Kafka; null: nothing is left to
   * publish.
   */
  unpublished: RevisionKind | null
  /** The batch is counted, and its outputs are withheld until a replay. */
  isWithheld: boolean
  /**
   * The rules by which the latest revision, or else the batch, was decoded; null: written before rules were
   * kept.
   */
  rules: DecodeRules | null
  /** Kafka's id of the topic. */
  topicId: string
  /** The log that the partition reads now. */
  currentIncarnation: number
  /** Start time of the Postgres on which the batch was claimed. */
  serverStart: string
}

/**
 * Claims a batch for a change: an earlier attempt that still runs can change nothing any more.
 * @throws {PipelineFailure} permanent, when there is no such batch
 */
export async function claimBatch(sql: Sql, batchId: bigint): Promise<ClaimedBatch> {
  const [batch] = await sql<ClaimedBatch[]>`/* claimBatch */
    update batch set claim = claim + 1
    from partition_checkpoint checkpoint
    where id = ${batchId} and checkpoint.topic = batch.topic and checkpoint.partition = batch.partition
    returning id, batch.topic, batch.partition, batch.incarnation, from_offset as "from", to_offset as "to", status,
              batch.logins, batch.rejects, revision, claim,
              (extract(epoch from processed_at) * 1000)::float8 as "processedAtMs",
              (select kind from batch_revision change
               where change.batch_id = batch.id and change.revision = batch.revision and not published) as unpublished,
              withheld_at is not null as "isWithheld",
              coalesce((select change.rules from batch_revision change
                        where change.batch_id = batch.id and change.revision = batch.revision), batch.rules) as rules,
              topic_id as "topicId", checkpoint.incarnation as "currentIncarnation",
              pg_postmaster_start_time()::text as "serverStart"`
  if (batch === undefined)
    throw new PipelineFailure('permanent', 'postgres', `the ledger has no batch ${batchId}`)
  return batch
}

type BatchChange = {
  batch: ClaimedBatch
  /** `publish`: the change adds nothing and publishes withheld outputs. */
  kind: RevisionKind
  commandId: string
  /** What the change adds to the batch; rejects are negative when they became logins. */
  added: { logins: number; rejects: number; gaps: number; loginRows: number }
  events: { firstMs: number; lastMs: number } | null
  /** Latest event time of the change (Unix milliseconds); null leaves the watermark where it is. */
  watermarkMs: number | null
  processedAtMs: number
  /** The rules by which its records were decoded; null: those of before. */
  rules: DecodeRules | null
  unknownOutcomes: UnknownOutcomes
  codeVersion: string
}

/**
 * Moves a batch to its next revision, in the transaction that writes what the revision adds (G7). Locks the
 * row of the checkpoint first, as every transaction that counts does, so that they cannot deadlock.
 * @throws {PipelineFailure} fenced, when another attempt has claimed the batch or it has changed since
 */
export async function moveBatch(tx: Transaction, change: BatchChange): Promise<void> {
  const { batch, added, events } = change
  const [moved] = await tx<{ changeNumber: bigint }[]>`/* moveBatch */
    with totals as (
      update partition_checkpoint
      set logins = logins + ${added.logins}, rejects = rejects + ${added.rejects}, changes = changes + 1,
          watermark = greatest(watermark, ${isoTimeOrNull(change.watermarkMs)}::timestamptz)
      where topic = ${batch.topic} and partition = ${batch.partition}
      returning changes
    )
    update batch
    set revision = revision + 1, changed_at = clock_timestamp(),
        status = case when ${change.kind}::text = 'replay' then 'replayed' else status end,
        withheld_at = case when ${change.kind}::text = 'publish' then null else withheld_at end,
        logins = logins + ${added.logins}, rejects = rejects + ${added.rejects}, gaps = gaps + ${added.gaps},
        login_rows = login_rows + ${added.loginRows},
        first_event_at = least(first_event_at, ${isoTimeOrNull(events?.firstMs ?? null)}::timestamptz),
        last_event_at = greatest(last_event_at, ${isoTimeOrNull(events?.lastMs ?? null)}::timestamptz)
    from totals
    where id = ${batch.id} and claim = ${batch.claim} and revision = ${batch.revision} and status = ${batch.status}
    returning totals.changes as "changeNumber"`
  if (moved === undefined) throw lostClaim(batch)
  await tx`/* moveBatch: revision */
    insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, code_version, rules,
                                unknown_outcomes)
    values (${batch.id}, ${batch.revision + 1}, ${moved.changeNumber}, ${change.kind}, ${change.commandId}, ${added.logins}, ${added.rejects},
            ${isoTime(change.processedAtMs)}, ${change.codeVersion},
            ${change.rules === null ? null : tx.json(change.rules)}::json,
            ${unknownOutcomesJson(change.unknownOutcomes)}::text::json)`
}

/** Records that the outputs of a revision are committed in Kafka. */
export async function recordRevisionPublished(sql: Sql, batchId: bigint, revision: number): Promise<void> {
  await sql`/* recordRevisionPublished */
    update batch_revision set published = true where batch_id = ${batchId} and revision = ${revision}`
}

/**
 * Asks whether the revision of a batch is still unpublished, for who finds its marker gone: an attempt that had the claim before may
 * have published it, recorded that and deleted the marker meanwhile.
 * @throws {PipelineFailure} fenced, when it has
 */
export async function requireUnpublished(sql: Sql, batch: ClaimedBatch): Promise<void> {
  const published = await sql`/* requireUnpublished */
    select from batch_revision where batch_id = ${batch.id} and revision = ${batch.revision} and published`
  if (published.length > 0) throw lostClaim(batch)
}

/**
 * Gives a parked batch up for good. It stays in the ledger with the reason.
 * @throws {PipelineFailure} fenced, when another attempt has claimed it
 */
export async function skipBatch(
  sql: Sql,
  batch: ClaimedBatch,
  { commandId, reason }: { commandId: string; reason: string },
): Promise<void> {
  const [skipped] = await sql`/* skipBatch */
    update batch
    set status = 'skipped', changed_at = clock_timestamp(), command_id = ${commandId},
        error = coalesce(error || '; ', '') || 'skipped: ' || ${reason}::text
    where id = ${batch.id} and claim = ${batch.claim} and status = 'parked'
    returning 1`
  if (skipped === undefined) throw lostClaim(batch)
}

/**
 * Gives the withheld outputs of a batch up for good. What the batch counted stays.
 * @throws {PipelineFailure} fenced, when another attempt has claimed it
 */
export async function giveUpOutputs(
  sql: Sql,
  batch: ClaimedBatch,
  { commandId, reason }: { commandId: string; reason: string },
): Promise<void> {
  const [given] = await sql`/* giveUpOutputs */
    update batch
    set withheld_at = null, changed_at = clock_timestamp(), command_id = ${commandId},
        error = coalesce(error || '; ', '') || 'given up: ' || ${reason}::text
    where id = ${batch.id} and claim = ${batch.claim} and withheld_at is not null
    returning 1`
  if (given === undefined) throw lostClaim(batch)
}

const lostClaim = ({ id }: ClaimedBatch) =>
  new PipelineFailure('fenced', 'postgres', `another attempt took batch ${id}`)
