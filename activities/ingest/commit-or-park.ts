import { setTimeout as sleep } from 'node:timers/promises'
import { commitBatch } from '../../db/ingest/commit-batch.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { parkBatch, type BatchParking } from '../../db/ingest/park-batch.ts'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import { DEFECT_ATTEMPTS, PipelineFailure } from '../../domain/pipeline/failure.ts'
import { watchParked, watchRecords } from '../../domain/batch/flood-guard.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { decideBatch, type Decided } from './decide-batch.ts'
import { handOver } from './hand-over.ts'
import { logParked } from './batch-log.ts'
import type { Slice } from './slice.ts'
import { splitRange } from './split-range.ts'

/** A part of a range whose fate Postgres has: counted, or (batch null) parked and passed over. */
export type Settled = { to: bigint; batch: DecidedBatch | null; outputs: OutputCollector }

type OnSettled = (part: Settled) => Promise<void>

/**
 * Commits a range. What fails for a permanent reason is halved until the failing part is one record, which is parked; the
 * rest commits (G6). Parts are told to `onSettled` in the order of their offsets.
 * @throws {PipelineFailure} for whatever is not the fault of a record, and `flood` when too many records are at fault
 */
export async function commitOrPark(
  slice: Slice,
  range: FetchedRange,
  onSettled: OnSettled,
  isWhole = true,
): Promise<void> {
  const attempt = await tryToCommit(slice, range, isWhole)
  if (attempt.ok) {
    await onSettled({ to: range.to, ...attempt.decided })
    return
  }
  const parts = splitRange(range)
  if (parts.length > 0) for (const part of parts) await commitOrPark(slice, part, onSettled, false)
  else if (range.records.length > 0) await parkRange(slice, range, attempt.failure, onSettled)
  else throw attempt.failure
}

type Attempt = { ok: true; decided: Decided } | { ok: false; failure: PipelineFailure }

/** Long enough for a driver to notice that its connection is gone, which is an outage. */
const DEFECT_PAUSE_MS = 100

async function tryToCommit(slice: Slice, range: FetchedRange, isWhole: boolean): Promise<Attempt> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { ok: true, decided: await commitRange(slice, range, isWhole) }
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

async function commitRange(slice: Slice, range: FetchedRange, isWhole: boolean): Promise<Decided> {
  const { deps, publishedOffset, standing } = slice
  const batchId = await classingPostgres(() => slice.nextBatchId())
  const decided = await decideOrBlame(slice, range, batchId)
  const { batch, rows } = decided
  const { length: rejects } = batch.rejected
  const seen = { records: batch.logins + rejects, rejects, isWhole }
  const { guard, flood } = watchRecords(standing.floodGuard, seen, deps.config.ingest.flood)
  if (flood !== null) throw flooded(slice, flood)
  await deps.onStep?.('before_postgres_commit')
  await classingPostgres(() =>
    commitBatch(slice.sql, {
      batchId,
      holding: slice.checkpoint,
      decided: batch,
      rows,
      floodGuard: guard,
      publishedOffset,
      endOffset: range.endOffset,
      codeVersion: deps.codeVersion,
    }),
  )
  const { unfinishedInsight, latestEventMs } = batch
  slice.standing = { next: range.to, unfinishedInsight, latestEventMs, floodGuard: guard }
  slice.sighting.remember(batch.sightings)
  await deps.onStep?.('after_postgres_commit')
  return decided
}

/** What a decision throws is a defect that some record brings to light: the others must not wait for its fix. */
async function decideOrBlame(slice: Slice, range: FetchedRange, batchId: bigint): Promise<Decided> {
  try {
    return await decideBatch(slice, range, slice.standing, batchId)
  } catch (error) {
    if (error instanceof PipelineFailure) throw error
    throw new PipelineFailure('permanent', 'rollcall', `Rollcall: ${String(error)}`, { cause: error })
  }
}

/** Sets aside what fails for a permanent reason, with a workflow that keeps it until it is replayed or skipped. */
export async function parkRange(
  slice: Slice,
  { from, to, endOffset }: Pick<FetchedRange, 'from' | 'to' | 'endOffset'>,
  failure: PipelineFailure,
  onSettled: OnSettled,
): Promise<void> {
  const { topic, partition, deps, standing, checkpoint } = slice
  const { guard, flood } = watchParked(standing.floodGuard, deps.config.ingest.flood)
  if (flood !== null) throw flooded(slice, `${flood}; at offset ${from}: ${failure.message}`)
  const range = { from, to, endOffset }
  const batchId = await writeParked(slice, range, { error: failure.message, floodGuard: guard })
  await deps.onStep?.('after_parking')
  await handOver(deps, slice.sql, {
    batchId: String(batchId),
    topic,
    partition,
    incarnation: checkpoint.incarnation,
    from: String(from),
    to: String(to),
    error: failure.message,
  })
  await onSettled({ to, batch: null, outputs: slice.producer.collect() })
}

/** Writes a range into the ledger as parked, and goes on behind it. @returns id of its batch */
export async function writeParked(
  slice: Slice,
  { from, to, endOffset }: Pick<FetchedRange, 'from' | 'to' | 'endOffset'>,
  why: Pick<BatchParking, 'error' | 'floodGuard' | 'commandId'>,
): Promise<bigint> {
  const { topic, partition, deps, publishedOffset, standing, checkpoint } = slice
  const batchId = await classingPostgres(() => slice.nextBatchId())
  await classingPostgres(() =>
    parkBatch(slice.sql, {
      batchId,
      holding: checkpoint,
      range: { topic, partition, from, to },
      processedAtMs: deps.clock(),
      unfinishedInsight: standing.unfinishedInsight,
      publishedOffset,
      endOffset,
      codeVersion: deps.codeVersion,
      ...why,
    }),
  )
  slice.standing = { ...standing, next: to, floodGuard: why.floodGuard }
  logParked({ topic, partition, from, to }, batchId, why.error)
  return batchId
}

const flooded = ({ topic, partition, standing }: Slice, flood: string) =>
  new PipelineFailure(
    'flood',
    'rollcall',
    `${topic}/${partition} from offset ${standing.next}: ${flood}. Resume once the cause is mended, or resume with accept`,
  )
