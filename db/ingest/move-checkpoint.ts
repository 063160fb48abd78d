import type { OffsetRange } from '../../domain/batch/batch.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { FloodGuard } from '../../domain/batch/flood-guard.ts'
import type { UnfinishedInsight } from '../../domain/batch/insight.ts'
import { isoTimeOrNull } from '../../domain/time/iso-time.ts'
import type { Transaction } from '../connection/connect.ts'

/** What a slice holds of its partition while it decides range after range. */
export type Holding = {
  epoch: bigint
  /** Of the Postgres that the partition was claimed on. */
  serverStart: string
  /** Which log the offsets are of. */
  incarnation: number
}

export type CheckpointMove = Holding & {
  range: OffsetRange
  logins: number
  rejects: number
  /** Unix milliseconds; null leaves it where it is. */
  watermarkMs: number | null
  unfinishedInsight: UnfinishedInsight
  floodGuard: FloodGuard
  /** Outputs below it are known to be committed in Kafka by now. */
  publishedOffset: bigint
  /** End of the log as last seen. */
  endOffset: bigint
}

/**
 * Moves the checkpoint over a range, in the transaction that writes what the range means (G1, G3).
 * @throws {PipelineFailure} fenced, when another worker holds the partition or the checkpoint is not at `from`;
 * transient, when it is another Postgres than the one that was claimed on
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
      `another worker took ${topic}/${partition}; offsets from ${from} are its to count`,
    )
  }
  // The session was opened anew: what this process remembers to have committed may be missing there.
  if (moved.serverStart !== move.serverStart)
    throw new PipelineFailure('transient', 'postgres', 'Postgres: was started again')
}
