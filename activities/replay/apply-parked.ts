import { RecordArray } from '../../domain/columns/record-array.ts'
import { giveUpOutputs, moveBatch, skipBatch, type ClaimedBatch } from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { insertRejects } from '../../db/ingest/insert-rejects.ts'
import { writeLogins } from '../../db/ingest/write-contents.ts'
import { watermarkMs } from '../../domain/batch/batch.ts'
import type { ReplayOutcome } from '../../domain/batch/replay.ts'
import { logSettled } from '../batch-log.ts'
import { NO_POSITION, decideBatch, type Decided } from '../decide/decide-batch.ts'
import { finishRevision, outputsOfBatch } from './finish-revision.ts'
import { commitReprocessed } from './commit-reprocessed.ts'
import { withClaimedBatch, withReprocessing, type Reprocessing } from './reprocess-batch.ts'
import { readAgain } from '../publish/read-again.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/**
 * Counts and publishes a parked batch; replays are idempotent (G7). The ledger's row changes from parked to
 * replayed in the transaction that counts, and the outputs are published in one transaction with a marker. Of
 * a batch that is counted already, unpublished or withheld outputs are published.
 * @throws {PipelineFailure} of any class; after permanent and data_loss the batch stays parked until somebody
 * acts
 */
export async function applyParked(
  deps: WorkerDeps,
  batchId: bigint,
  commandId: string,
): Promise<ReplayOutcome> {
  return await withClaimedBatch(deps, batchId, async (sql, batch) => {
    if (batch.status === 'skipped') return outcomeOf('skipped', batch)
    if (batch.status === 'parked')
      return await withReprocessing(deps, sql, batch, (reprocessing) =>
        replay(reprocessing, sql, batch, commandId),
      )
    const finished = await finishRevision(deps, sql, batch)
    if (!finished.isWithheld) return outcomeOf('already_applied', batch)
    return await withReprocessing(deps, sql, finished, (reprocessing) =>
      publishWithheld(reprocessing, sql, finished, commandId),
    )
  })
}

/** Skips a parked batch, or the withheld outputs of a counted one. A batch that is counted stays counted. */
export async function skipParked(
  deps: WorkerDeps,
  batchId: bigint,
  request: { commandId: string; reason: string },
): Promise<ReplayOutcome> {
  return await withClaimedBatch(deps, batchId, async (sql, batch) => {
    const isOpen = batch.status === 'parked' || batch.isWithheld
    if (batch.status === 'parked') await classingPostgres(() => skipBatch(sql, batch, request))
    else if (batch.isWithheld) await classingPostgres(() => giveUpOutputs(sql, batch, request))
    if (isOpen) logSettled(batch, batch.id, `skipped: ${request.reason}`)
    const isSkipped = isOpen || batch.status === 'skipped'
    return outcomeOf(isSkipped ? 'skipped' : 'already_applied', batch)
  })
}

async function replay(
  reprocessing: Reprocessing,
  sql: Sql,
  batch: ClaimedBatch,
  commandId: string,
): Promise<ReplayOutcome> {
  const { deps } = reprocessing
  const records = await readAgain(reprocessing.reader, batch.from, batch.to)
  const range = { from: batch.from, to: batch.to, records: new RecordArray(records), endOffset: batch.to }
  // Decided by the clock of the time when it was read. Its logins are in no insight: insights continued
  // without them.
  const decided = await decideBatch(reprocessing, range, NO_POSITION, batch.id, {
    nowMs: batch.processedAtMs,
    insightSize: 0,
  })
  await deps.onStep?.('before_replay_commit')
  await commitReprocessed(deps, sql, batch, decided, () =>
    commitReplay(reprocessing, sql, batch, decided, commandId),
  )
  reprocessing.sighting.remember(decided.batch.sightings)
  logSettled(batch, batch.id, `replayed: ${decided.batch.logins} logins counted`)
  await deps.onStep?.('after_replay_commit')
  await reprocessing.publish(decided.outputs)
  await classingPostgres(() => rollUpCounts(sql, reprocessing.topic))
  return { outcome: 'replayed', logins: decided.batch.logins, rejects: decided.batch.rejected.length }
}

/** Publishes outputs that an operator withheld, as they were decided; counts nothing. */
async function publishWithheld(
  reprocessing: Reprocessing,
  sql: Sql,
  batch: ClaimedBatch,
  commandId: string,
): Promise<ReplayOutcome> {
  const { deps } = reprocessing
  const outputs = await outputsOfBatch(reprocessing, sql, batch)
  await deps.onStep?.('before_replay_commit')
  await classingPostgres(() =>
    sql.begin((tx) =>
      moveBatch(tx, {
        batch,
        kind: 'publish',
        commandId,
        added: { logins: 0, rejects: 0, gaps: 0, loginRows: 0 },
        events: null,
        watermarkMs: null,
        processedAtMs: batch.processedAtMs,
        rules: batch.rules,
        unknownOutcomes: [],
        codeVersion: deps.codeVersion,
      }),
    ),
  )
  await deps.onStep?.('after_replay_commit')
  logSettled(batch, batch.id, 'replayed: its outputs, which were withheld, are published')
  await reprocessing.publish(outputs)
  return outcomeOf('published', batch)
}

async function commitReplay(
  { deps }: Reprocessing,
  sql: Sql,
  batch: ClaimedBatch,
  { batch: decided, rows }: Decided,
  commandId: string,
): Promise<void> {
  const rejects = decided.rejected.length
  const gaps = Number(batch.to - batch.from) - decided.logins - rejects
  await sql.begin(async (tx) => {
    await moveBatch(tx, {
      batch,
      kind: 'replay',
      commandId,
      added: { logins: decided.logins, rejects, gaps, loginRows: rows.kept.count },
      events: decided.events,
      watermarkMs: watermarkMs(decided),
      processedAtMs: decided.processedAtMs,
      rules: decided.rules,
      unknownOutcomes: decided.unknownOutcomes,
      codeVersion: deps.codeVersion,
    })
    await writeLogins(tx, { id: batch.id, revision: batch.revision + 1 }, decided, rows, [
      insertRejects(tx, batch.id, decided),
    ])
  })
}

const outcomeOf = (outcome: ReplayOutcome['outcome'], { logins, rejects }: ClaimedBatch): ReplayOutcome => ({
  outcome,
  logins,
  rejects,
})
