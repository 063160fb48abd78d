import type { OffsetRange } from '../../domain/batch/batch.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import type { UnfinishedInsight } from '../../domain/batch/insight.ts'
import { isoTimeOrNull } from '../../domain/time/iso-time.ts'
import type { Transaction } from '../connection/connect.ts'

/** The claim of a slice on its partition. It stays the same for every range that the slice decides. */
export type Holding = {
  epoch: bigint
  /** Start time of the Postgres on which the partition was claimed. */
  serverStart: string
  /** The log that the offsets belong to. */
  incarnation: number
}

type CheckpointMove = Holding & {
  range: OffsetRange
  logins: number
  rejects: number
  /** Latest event time of the range (Unix milliseconds); null leaves the watermark where it is. */
  watermarkMs: number | null
  unfinishedInsight: UnfinishedInsight
  floodGuard: FloodGuard
  /** Outputs of offsets below it are known to be committed in Kafka by now. */
  publishedOffset: bigint
  /** End of the log as last seen. */
  endOffset: bigint
}

/**
 * Moves the checkpoint over a range, in the transaction that writes what the range adds (G1, G3).
 * @throws {PipelineFailure} fenced, when another worker holds the partition or the checkpoint is not at the
 *   range's `from`; transient, when Postgres was started again since the claim
 */
export async function moveCheckpoint(tx: Transaction, move: CheckpointMove): Promise<void> {
  const { topic, partition, from, to } = move.range
  const watermark = isoTimeOrNull(move.watermarkMs)
  const [moved] = await tx<{ serverStart: string }[]>`/* moveCheckpoint */
    update partition_checkpoint
    set next_offset = ${to},
        logins = logins + ${move.logins},
        rejects = rejects + ${move.rejects},
        published_offset = greatest(published_offset, ${move.publishedOffset}::bigint),
        watermark = greatest(watermark, ${watermark}::timestamptz),
        unfinished_insight = ${tx.json(move.unfinishedInsight)},
        flood_guard = ${tx.json(move.floodGuard)},
        end_offset = ${move.endOffset},
        updated_at = clock_timestamp()
    where topic = ${topic} and partition = ${partition} and next_offset = ${from} and epoch = ${move.epoch}
    returning pg_postmaster_start_time()::text as "serverStart"`
  if (moved === undefined) {
    throw new PipelineFailure(
      'fenced',
      'postgres',
      `another worker took ${topic}/${partition} and counts offsets from ${from} on`,
    )
  }
  // The server may be another one, or may have lost its last commits: what this process remembers may be
  // missing there.
  if (moved.serverStart !== move.serverStart)
    throw new PipelineFailure(
      'transient',
      'postgres',
      'Postgres was started again; the partition has to be claimed anew',
    )
}
