import { giveUpOutputs, moveBatch, skipBatch, type ClaimedBatch } from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { insertRejects } from '../../db/ingest/insert-rejects.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { writeLogins } from '../../db/ingest/write-contents.ts'
import { watermarkMs } from '../../domain/batch/batch.ts'
import type { ReplayOutcome } from '../../domain/batch/replay.ts'
import { logSettled } from '../batch-log.ts'
import { ALONE, decideBatch, type Decided } from '../decide/decide-batch.ts'
import { finishRevision, outputsOfBatch } from './finish-revision.ts'
import { withClaimedBatch, withLateBatch, type LateBatch } from './reprocess-batch.ts'
import { readAgain } from '../publish/read-again.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/**
 * Counts and publishes a parked batch, once, whoever asks and however often (G7): the ledger's row moves from parked to
 * replayed in the transaction that counts; its outputs travel with a marker; what was counted and not published is published,
 * withheld outputs too.
 * @throws {PipelineFailure} permanent or data_loss: the batch stays parked
 */
export async function applyParked(
  deps: WorkerDeps,
  batchId: bigint,
  commandId: string,
): Promise<ReplayOutcome> {
  return await withClaimedBatch(deps, batchId, async (sql, batch) => {
    if (batch.status === 'skipped') return outcomeOf('skipped', batch)
    if (batch.status === 'parked')
      return await withLateBatch(deps, sql, batch, (late) => replay(late, sql, batch, commandId))
    const finished = await finishRevision(deps, sql, batch)
    if (!finished.isWithheld) return outcomeOf('already_applied', batch)
    return await withLateBatch(deps, sql, finished, (late) => publishWithheld(late, sql, finished, commandId))
  })
}

/** Gives a parked batch up, or the withheld outputs of one that is counted. One that is counted by now stays counted. */
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
  late: LateBatch,
  sql: Sql,
  batch: ClaimedBatch,
  commandId: string,
): Promise<ReplayOutcome> {
  const { deps } = late
  const records = await readAgain(late.reader, batch.from, batch.to)
  const range = { from: batch.from, to: batch.to, records, endOffset: batch.to }
  // By the clock of the time when it was read; its logins are no part of insights, which went on without them.
  const decided = await decideBatch(late, range, ALONE, batch.id, {
    nowMs: batch.processedAtMs,
    insightSize: 0,
  })
  await deps.onStep?.('before_replay_commit')
  await classingPostgres(async () => {
    await createLoginDays(sql, deps.clock(), deps.config.retention.loginDays)
    await commitReplay(late, sql, batch, decided, commandId)
  })
  late.sighting.remember(decided.batch.sightings)
  logSettled(batch, batch.id, `replayed: ${decided.batch.logins} logins counted`)
  await deps.onStep?.('after_replay_commit')
  await late.publish(decided.outputs)
  await classingPostgres(() => rollUpCounts(sql, late.topic))
  return { outcome: 'replayed', logins: decided.batch.logins, rejects: decided.batch.rejected.length }
}

/** Publishes outputs that an operator had given up for the time being, as they were decided; nothing is counted. */
async function publishWithheld(
  late: LateBatch,
  sql: Sql,
  batch: ClaimedBatch,
  commandId: string,
): Promise<ReplayOutcome> {
  const { deps } = late
  const outputs = await outputsOfBatch(late, sql, batch)
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
        codeVersion: deps.codeVersion,
      }),
    ),
  )
  await deps.onStep?.('after_replay_commit')
  logSettled(batch, batch.id, 'replayed: its outputs, which were withheld, are published')
  await late.publish(outputs)
  return outcomeOf('published', batch)
}

async function commitReplay(
  { deps }: LateBatch,
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
      added: { logins: decided.logins, rejects, gaps, loginRows: rows.count },
      events: decided.events,
      watermarkMs: watermarkMs(decided),
      processedAtMs: decided.processedAtMs,
      rules: decided.rules,
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
