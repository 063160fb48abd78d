import type { ClaimedBatch, RevisionKind } from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { readRedriven, type KeptReject } from '../../db/ledger/redrive.ts'
import { readDecidedRejects, readBatchInsights } from '../../db/ingest/unpublished.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { outputsAsDecided } from '../decide/outputs-as-decided.ts'
import { withReprocessing, type Reprocessing } from './reprocess-batch.ts'
import { readAgain } from '../publish/read-again.ts'
import { wholeRecord } from '../publish/whole-record.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/**
 * Publishes a revision that an earlier attempt counted and did not publish, or did not record as published
 * (G7).
 * @returns the batch with nothing left to publish
 * @throws {PipelineFailure} of any class
 */
export async function finishRevision(deps: WorkerDeps, sql: Sql, batch: ClaimedBatch): Promise<ClaimedBatch> {
  const { unpublished } = batch
  if (unpublished === null) return batch
  await withReprocessing(deps, sql, batch, async (reprocessing) => {
    const outputs = reprocessing.isPublished
      ? reprocessing.producer.collect()
      : await outputsOf(reprocessing, sql, batch, unpublished)
    await reprocessing.publish(outputs)
  })
  return { ...batch, unpublished: null }
}

async function outputsOf(reprocessing: Reprocessing, sql: Sql, batch: ClaimedBatch, kind: RevisionKind) {
  if (kind !== 'redrive') return await outputsOfBatch(reprocessing, sql, batch)
  const { processedAtMs, rules, id, revision } = batch
  const kept = await classingPostgres(() => readRedriven(sql, id, revision))
  const records: SourceRecord[] = []
  for (const reject of kept) {
    const record = await wholeRecord(reprocessing.reader, reject)
    if (record === null) throw goneRecord(reject)
    records.push(record)
  }
  return (
    await outputsAsDecided(reprocessing, records, { processedAtMs, rules, rejects: new Map(), insights: [] })
  ).outputs
}

/**
 * Makes the outputs of a whole batch that is counted. Its insights are those that were written with it; a
 * replay writes none.
 * @throws {PipelineFailure} data_loss if its records are gone from Kafka
 */
export async function outputsOfBatch(
  reprocessing: Reprocessing,
  sql: Sql,
  batch: ClaimedBatch,
): Promise<OutputCollector> {
  const [rejects, insights] = await classingPostgres(() =>
    Promise.all([readDecidedRejects(sql, batch.id), readBatchInsights(sql, batch.id)]),
  )
  const records = await readAgain(reprocessing.reader, batch.from, batch.to)
  return (await outputsAsDecided(reprocessing, records, { ...batch, rejects, insights })).outputs
}

const goneRecord = ({ record }: KeptReject) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `the record at offset ${record.offset} was counted, and is gone from Kafka before it was published`,
  )
