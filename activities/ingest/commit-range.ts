import { setTimeout as sleep } from 'node:timers/promises'
import { commitBatch } from '../../db/ingest/commit-batch.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { watchRecords } from '../../domain/batch/flood-guard.ts'
import { DEFECT_ATTEMPTS, PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { decideBatch, type Decided } from '../decide/decide-batch.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { Standing } from '../session/standing.ts'
import { flooded } from './flooded.ts'
import type { Settled } from './settled.ts'

export type Attempt = { ok: true; settled: Settled } | { ok: false; failure: PipelineFailure }

/** Long enough for a driver to notice that its connection is gone, which is an outage. */
const DEFECT_PAUSE_MS = 100

/**
 * Decides a range and commits it; a defect may be a driver's and pass, so it has some attempts.
 * @param options.publishedOffset outputs below it are in Kafka
 * @param options.isWhole the range is what was fetched, no part of it
 * @returns the failure when some record of the range is at fault
 * @throws {PipelineFailure} for whatever is not the fault of a record, and `flood` when too many records are at fault
 */
export async function decideAndCommit(
  session: PartitionSession,
  standing: Standing,
  range: FetchedRange,
  options: { publishedOffset: bigint; isWhole: boolean },
): Promise<Attempt> {
  for (let attempt = 1; ; attempt++) {
    try {
      const batchId = await classingPostgres(() => session.nextBatchId())
      const decided = await decideOrBlame(session, standing, range, batchId)
      return { ok: true, settled: await commit(session, standing, range, batchId, decided, options) }
    } catch (error) {
      if (!(error instanceof PipelineFailure)) throw error
      const { failureClass } = error
      if (failureClass === 'permanent' || (failureClass === 'defect' && attempt === DEFECT_ATTEMPTS))
        return { ok: false, failure: error }
      if (failureClass !== 'defect') throw error
      await sleep(DEFECT_PAUSE_MS)
    }
  }
}

/** What a decision throws is a defect that some record brings to light: the others must not wait for its fix. */
async function decideOrBlame(
  session: PartitionSession,
  standing: Standing,
  range: FetchedRange,
  batchId: bigint,
): Promise<Decided> {
  try {
    return await decideBatch(session, range, standing, batchId)
  } catch (error) {
    if (error instanceof PipelineFailure) throw error
    throw new PipelineFailure('permanent', 'rollcall', `Rollcall: ${String(error)}`, { cause: error })
  }
}

async function commit(
  session: PartitionSession,
  standing: Standing,
  { to, endOffset }: FetchedRange,
  batchId: bigint,
  { batch, rows, outputs }: Decided,
  { publishedOffset, isWhole }: { publishedOffset: bigint; isWhole: boolean },
): Promise<Settled> {
  const { deps, sql, checkpoint, sighting } = session
  const { length: rejects } = batch.rejected
  const seen = { records: batch.logins + rejects, rejects, isWhole }
  const { guard: floodGuard, flood } = watchRecords(standing.floodGuard, seen, deps.config.ingest.flood)
  if (flood !== null) throw flooded(session, standing, flood)
  await deps.onStep?.('before_postgres_commit')
  await classingPostgres(() =>
    commitBatch(sql, {
      batchId,
      holding: checkpoint,
      decided: batch,
      rows,
      floodGuard,
      publishedOffset,
      endOffset,
      codeVersion: deps.codeVersion,
    }),
  )
  sighting.remember(batch.sightings)
  await deps.onStep?.('after_postgres_commit')
  const { unfinishedInsight, latestEventMs } = batch
  return { standing: { next: to, unfinishedInsight, latestEventMs, floodGuard }, batch, outputs }
}
