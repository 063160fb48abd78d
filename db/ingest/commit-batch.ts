import { watermarkMs, type DecidedBatch } from '../../domain/batch/batch.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import { isoTime, isoTimeOrNull } from '../../domain/time/iso-time.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import type { LoginRows } from './copy-logins.ts'
import { insertRejects } from './insert-rejects.ts'
import { moveCheckpoint, type Holding } from './move-checkpoint.ts'
import { unknownOutcomesJson } from './unknown-outcomes.ts'
import { writeLogins } from './write-contents.ts'

type BatchCommit = {
  batchId: bigint
  holding: Holding
  decided: DecidedBatch
  rows: LoginRows
  floodGuard: FloodGuard
  /** Outputs of offsets below it are known to be committed in Kafka by now. */
  publishedOffset: bigint
  /** End of the log as last seen. */
  endOffset: bigint
  codeVersion: string
}

/**
 * Writes everything that a batch adds and moves the checkpoint, in one transaction (G1).
 * @throws what moveCheckpoint throws
 */
export async function commitBatch(sql: Sql, commit: BatchCommit): Promise<void> {
  const { batchId, decided, rows, holding, floodGuard, publishedOffset, endOffset } = commit
  await sql.begin(async (tx) => {
    const move = {
      ...holding,
      range: decided.range,
      logins: decided.logins,
      rejects: decided.rejected.length,
      watermarkMs: watermarkMs(decided),
      unfinishedInsight: decided.unfinishedInsight,
      floodGuard,
      publishedOffset,
      endOffset,
    }
    await writeLogins(tx, { id: batchId, revision: 0 }, decided, rows, [
      moveCheckpoint(tx, move),
      insertBatch(tx, commit),
      insertRejects(tx, batchId, decided),
      insertInsights(tx, commit),
    ])
  })
}

async function insertBatch(
  tx: Transaction,
  { batchId, decided, rows, codeVersion, holding }: BatchCommit,
): Promise<void> {
  const { range, logins, rejected, events, processedAtMs } = decided
  const gaps = range.to - range.from - BigInt(logins + rejected.length)
  await tx`/* insertBatch */
    insert into batch (id, topic, partition, incarnation, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                       first_event_at, last_event_at, processed_at, code_version, rules, unknown_outcomes)
    values (${batchId}, ${range.topic}, ${range.partition}, ${holding.incarnation}, ${range.from}, ${range.to}, 'committed',
            ${logins}, ${rejected.length}, ${gaps}, ${rows.kept.count}, ${isoTimeOrNull(events?.firstMs ?? null)},
            ${isoTimeOrNull(events?.lastMs ?? null)}, ${isoTime(processedAtMs)}, ${codeVersion}, ${tx.json(decided.rules)},
            ${unknownOutcomesJson(decided.unknownOutcomes)}::text::json)`
}

async function insertInsights(tx: Transaction, { batchId, decided }: BatchCommit): Promise<void> {
  const { range, insights } = decided
  if (insights.length === 0) return
  await tx`/* insertInsights */
    insert into insight (topic, partition, first_offset, last_offset, batch_id, body)
    select ${range.topic}, ${range.partition}::integer, first_offset, last_offset, ${batchId}::bigint, body::json
    from rows from (unnest(${insights.map((i) => String(i.firstOffset))}::bigint[]),
                    unnest(${insights.map((i) => String(i.lastOffset))}::bigint[]),
                    json_array_elements(${`[${insights.map((i) => i.body).join(',')}]`}::text::json)) as made (first_offset, last_offset, body)`
}
