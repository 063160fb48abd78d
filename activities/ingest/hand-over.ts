import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { batchesToHandOver, recordHandOver } from '../../db/ingest/park-batch.ts'
import { selectParked } from '../../db/ledger/select-batches.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import { everyParkedBatch } from '../../domain/batch/selection.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/**
 * Gives a parked batch to its workflow, which exists once per batch whoever starts it. Temporal may be away: the ledger
 * remembers what is still to be handed over.
 */
export async function handOver(
  deps: Pick<WorkerDeps, 'handOver'>,
  sql: Sql,
  batch: ParkedBatch,
): Promise<void> {
  try {
    await deps.handOver(batch)
  } catch {
    // Temporal's absence is said once by the worker; the next slice tries again.
    return
  }
  await classingPostgres(() => recordHandOver(sql, batch.batchId))
}

/** What a crash or an outage of Temporal left: parked batches of a partition that have no workflow yet. */
export async function handOverLeftovers(
  deps: Pick<WorkerDeps, 'handOver'>,
  sql: Sql,
  key: PartitionKey,
): Promise<void> {
  for (const batch of await classingPostgres(() => batchesToHandOver(sql, key)))
    await handOver(deps, sql, batch)
}

/** More than anybody leaves parked: a partition halts after a few in a row. */
const MAX_PARKED = 10_000

export type BringBack = (readParked: () => Promise<ParkedBatch[]>) => Promise<void>

/**
 * Starts the workflow of each parked batch that has none, because somebody terminated it or Temporal lost its data: the
 * list of open runs is what is still to be done.
 */
export const bringBackParked = (bringBack: BringBack, sql: Sql, topic: string): Promise<void> =>
  bringBack(() => classingPostgres(() => selectParked(sql, topic, everyParkedBatch, MAX_PARKED)))
