import { setTimeout as sleep } from 'node:timers/promises'
import { commitBatch } from '../../db/ingest/commit-batch.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { watchRecords } from '../../domain/batch/flood-guard.ts'
import { DEFECT_ATTEMPTS, PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { logCounted } from '../batch-log.ts'
import { decideBatch, type Decided } from '../decide/decide-batch.ts'
import { traced } from '../../tracing/active-span.ts'
import { commitSpan } from '../session/commit-span.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { IngestPosition } from '../session/ingest-position.ts'
import { floodFailure } from './flood-failure.ts'
import type { CommittedPart } from './committed-part.ts'

export type Attempt = { ok: true; committed: CommittedPart } | { ok: false; failure: PipelineFailure }

/**
 * Pause before the next attempt, long enough for a driver to notice that its connection is gone, which is an
 * outage.
 */
const DEFECT_PAUSE_MS = 100

/**
 * Decides a range and commits it. Tries again after a defect, which may be a driver's and pass.
 * @param options.publishedOffset the outputs of the offsets before it are in Kafka
 * @param options.isWhole whether the range is all that was fetched, and not a part of it
 * @returns the failure if a record of the range causes it
 * @throws {PipelineFailure} for any other cause; `flood` if too many records are rejects
 */
export async function decideAndCommit(
  session: PartitionSession,
  position: IngestPosition,
  range: FetchedRange,
  options: { publishedOffset: bigint; isWhole: boolean },
): Promise<Attempt> {
  for (let attempt = 1; ; attempt++) {
    try {
      const batchId = await classingPostgres(() => session.nextBatchId())
      const startMs = performance.now()
      const decided = await decideOrBlame(session, position, range, batchId)
      const decidedMs = performance.now()
      const committed = await commit(session, position, range, batchId, decided, options)
      const durations = { decideMs: decidedMs - startMs, commitMs: performance.now() - decidedMs }
      session.deps.observe.batchCommitted(decided.batch, durations)
      logCounted(decided.batch, batchId, durations.decideMs + durations.commitMs)
      return { ok: true, committed }
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

/**
 * Turns an error of our own code into a permanent failure: some record triggers it, and the others must not
 * wait for the fix.
 */
async function decideOrBlame(
  session: PartitionSession,
  position: IngestPosition,
  range: FetchedRange,
  batchId: bigint,
): Promise<Decided> {
  try {
    return await decideBatch(session, range, position, batchId)
  } catch (error) {
    if (error instanceof PipelineFailure) throw error
    throw new PipelineFailure('permanent', 'rollcall', `Rollcall: ${String(error)}`, { cause: error })
  }
}

async function commit(
  session: PartitionSession,
  position: IngestPosition,
  { to, endOffset }: FetchedRange,
  batchId: bigint,
  { batch, rows, outputs }: Decided,
  { publishedOffset, isWhole }: { publishedOffset: bigint; isWhole: boolean },
): Promise<CommittedPart> {
  const { deps, sql, checkpoint, sighting } = session
  const { length: rejects } = batch.rejected
  const seen = { records: batch.logins + rejects, rejects, isWhole }
  const { guard: floodGuard, flood } = watchRecords(position.floodGuard, seen, deps.config.ingest.flood)
  if (flood !== null) throw floodFailure(session, position, flood)
  await deps.onStep?.('before_postgres_commit')
  const committing = {
    batchId,
    holding: checkpoint,
    decided: batch,
    rows,
    floodGuard,
    publishedOffset,
    endOffset,
    codeVersion: deps.codeVersion,
  }
  await traced(
    'commit',
    () => commitSpan(batchId, session, batch),
    () => classingPostgres(() => commitBatch(sql, committing)),
  )
  sighting.remember(batch.sightings)
  await deps.onStep?.('after_postgres_commit')
  const { unfinishedInsight, latestEventMs } = batch
  return { position: { next: to, unfinishedInsight, latestEventMs, floodGuard }, batch, outputs }
}
