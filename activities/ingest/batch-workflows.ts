import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { batchesToHandOver, recordHandOver } from '../../db/ingest/park-batch.ts'
import { selectParked } from '../../db/ledger/select-batches.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import { everyParkedBatch } from '../../domain/batch/selection.ts'
import type { ActivityDeps } from '../session/activity-deps.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

type Deps = Pick<WorkerDeps, 'startBatchWorkflow'>

/**
 * Starts the workflow of a parked batch and records that in the ledger. If Temporal is away, the ledger keeps
 * the batch marked as without a workflow, and the next slice starts it.
 */
export async function startBatchWorkflow(deps: Deps, sql: Sql, batch: ParkedBatch): Promise<void> {
  try {
    await deps.startBatchWorkflow(batch)
  } catch {
    // The worker logs once that Temporal is away.
    return
  }
  await classingPostgres(() => recordHandOver(sql, batch.batchId))
}

/**
 * Starts the workflows of a partition's parked batches that a crash or an outage of Temporal left without
 * one.
 */
export async function startMissingBatchWorkflows(deps: Deps, sql: Sql, key: PartitionKey): Promise<void> {
  for (const batch of await classingPostgres(() => batchesToHandOver(sql, key)))
    await startBatchWorkflow(deps, sql, batch)
}

/** More than anybody leaves parked: a partition halts after a few in a row. */
const MAX_PARKED = 10_000

/**
 * Starts the workflow of each parked batch that has none because somebody terminated it or Temporal lost its
 * data, so that the list of open runs shows everything that is still to be done.
 */
export const restartBatchWorkflows = (
  restart: ActivityDeps['restartBatchWorkflows'],
  sql: Sql,
  topic: string,
): Promise<void> =>
  restart(() => classingPostgres(() => selectParked(sql, topic, everyParkedBatch, MAX_PARKED)))
