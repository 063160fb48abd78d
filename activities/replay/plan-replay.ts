import { RecordArray } from '../../domain/columns/record-array.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { insertRejects } from '../../db/ingest/insert-rejects.ts'
import { selectParked, type SelectedBatch } from '../../db/ledger/select-batches.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { writeLogins } from '../../db/ingest/write-contents.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { PlanDraft, type ReplayPlan } from '../../domain/batch/replay-plan.ts'
import { MAX_BATCHES_OF_A_RUN, type BatchSelection } from '../../domain/batch/selection.ts'
import { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { fetchTopicLimits, type TopicLimits } from '../../kafka/topics/topic-limits.ts'
import { openRangeReader, type RangeReader } from '../../kafka/read/range-reader.ts'
import { NO_POSITION, decideBatch, type Decided } from '../decide/decide-batch.ts'
import type { Deciding } from '../decide/deciding.ts'
import { readAgain } from '../publish/read-again.ts'
import { closeAll } from '../session/postgres-session.ts'
import { rangeLimits } from '../session/kafka-options.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

export type Planned = { ok: true; plan: ReplayPlan } | { ok: false; refusal: string }

/**
 * Finds out what a replay of the selected batches would do: reads and decides each batch, and writes its rows
 * in a transaction that it rolls back.
 * @param onBatch called after each batch
 * @throws {PipelineFailure} transient
 */
export async function planReplay(
  deps: WorkerDeps & { sql: Sql },
  topic: string,
  selection: BatchSelection,
  onBatch: () => void,
): Promise<Planned> {
  const batches = await classingPostgres(() =>
    selectParked(deps.sql, topic, selection, MAX_BATCHES_OF_A_RUN + 1),
  )
  if (batches.length > MAX_BATCHES_OF_A_RUN)
    return { ok: false, refusal: `more than ${MAX_BATCHES_OF_A_RUN} batches match: narrow the filter` }
  const { processedTopic, dlqTopic } = deps.config.kafka
  const limits = await fetchTopicLimits(deps.kafka, [processedTopic, dlqTopic])
  const draft = new PlanDraft()
  for (const [partition, ofPartition] of Map.groupBy(batches, (batch) => batch.partition)) {
    const reader = await openRangeReader(deps.kafka, topic, partition, rangeLimits(deps.config))
    try {
      for (const batch of ofPartition) {
        await rehearse(deps, reader, limits, batch, draft)
        onBatch()
      }
    } finally {
      await closeAll([reader.close])
    }
  }
  return { ok: true, plan: draft.plan() }
}

async function rehearse(
  deps: WorkerDeps & { sql: Sql },
  reader: RangeReader,
  limits: TopicLimits,
  selected: SelectedBatch,
  draft: PlanDraft,
): Promise<void> {
  const { batchId, topic, partition, incarnation, from, to, processedAtMs, isWithheld } = selected
  const batch = { batchId, partition, incarnation, from, to }
  try {
    const records = await readAgain(reader, BigInt(from), BigInt(to))
    // The batch is counted: a replay publishes its outputs and changes no count.
    if (isWithheld) {
      draft.add(batch, null, null)
      return
    }
    const range = {
      from: BigInt(from),
      to: BigInt(to),
      records: new RecordArray(records),
      endOffset: BigInt(to),
    }
    const decided = await decideBatch(
      rehearsal(deps, { topic, partition }, limits),
      range,
      NO_POSITION,
      BigInt(batchId),
      { nowMs: processedAtMs, insightSize: 0 },
    )
    await writeAndRollBack(deps.sql, BigInt(batchId), decided)
    draft.add(batch, decided.batch, null)
  } catch (error) {
    if (error instanceof PipelineFailure && error.failureClass === 'transient') throw error
    draft.add(batch, null, error instanceof PipelineFailure ? error.message : `Rollcall: ${String(error)}`)
  }
}

/** Decides without a producer, and without the sightings that the process remembers. */
const rehearsal = (deps: WorkerDeps, key: PartitionKey, limits: TopicLimits): Deciding => ({
  ...key,
  deps,
  sighting: new SightingCache(new Int32Array(2)),
  producer: {
    maxBatchBytes: limits,
    collect: () => new OutputCollector((name) => ({ partitions: 1, maxBatchBytes: limits(name) })),
  },
})

class RolledBack extends Error {}

async function writeAndRollBack(sql: Sql, batchId: bigint, { batch, rows }: Decided): Promise<void> {
  try {
    await classingPostgres(() =>
      sql.begin(async (tx) => {
        await writeLogins(tx, { id: batchId, revision: REHEARSED_REVISION }, batch, rows, [
          insertRejects(tx, batchId, batch),
        ])
        throw new RolledBack()
      }),
    )
  } catch (error) {
    if (!(error instanceof PipelineFailure && error.cause instanceof RolledBack)) throw error
  }
}

/** A revision that no batch can have, even if it is replayed meanwhile. */
const REHEARSED_REVISION = -1
