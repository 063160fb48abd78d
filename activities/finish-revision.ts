import type { ClaimedBatch } from '../db/change-batch.ts'
import type { Sql } from '../db/connect.ts'
import { classingPostgres } from '../db/failure.ts'
import { readRedriven } from '../db/redrive.ts'
import { decideAgain } from './decide-batch.ts'
import { withLateBatch, type LateBatch } from './late-batch.ts'
import { readAgain } from './publish.ts'
import type { SliceDeps } from './slice.ts'

/**
 * Publishes what an earlier attempt counted and did not publish, or did not record as published (G7).
 * @returns the batch with nothing left to publish
 * @throws {PipelineFailure}
 */
export async function finishRevision(deps: SliceDeps, sql: Sql, batch: ClaimedBatch): Promise<ClaimedBatch> {
  const { unpublished } = batch
  if (unpublished === null) return batch
  await withLateBatch(deps, sql, batch, async (late) => {
    const outputs = late.isPublished
      ? late.producer.collect()
      : await outputsOf(late, sql, batch, unpublished)
    await late.publish(outputs)
  })
  return { ...batch, unpublished: null }
}

async function outputsOf(late: LateBatch, sql: Sql, batch: ClaimedBatch, kind: 'replay' | 'redrive') {
  const records =
    kind === 'replay'
      ? await readAgain(late.reader, batch.from, batch.to)
      : await classingPostgres(() => readRedriven(sql, batch.id, batch.revision))
  return (await decideAgain(late, records, { processedAtMs: batch.processedAtMs, insights: [] })).outputs
}
