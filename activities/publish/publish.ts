import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { readDecidedRejects, unpublishedBatches } from '../../db/ingest/unpublished.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import type { SliceProgress } from '../../domain/batch/slice-report.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { RangeReader } from '../../kafka/read/range-reader.ts'
import { decideAgain } from '../ingest/decide-batch.ts'
import type { Settled } from '../ingest/commit-or-park.ts'
import type { Slice } from '../ingest/slice.ts'

/** An idle partition asks twice a second, and is answered at once when a record comes. */
export const IDLE = { maxWaitMs: 500, minBytes: 1 }

/** Publishes part after part while the next one is decided and committed. */
export type Publishing = {
  /** Waits for the part before: one may be committed and unpublished, not two, so that the gap after a crash stays small. */
  add: (part: Settled, progress: SliceProgress) => Promise<void>
  /** Calls `then` once all that was added is published, or has failed to be. */
  whenDone: (then: () => void) => void
  /** Aborts when a part could not be published. */
  failed: AbortSignal
  /** @throws what kept a part from being published */
  done: () => Promise<void>
}

export function createPublishing(slice: Slice): Publishing {
  const failed = new AbortController()
  let running = Promise.resolve()
  const publish = async ({ outputs, to }: Settled) => {
    if (to <= slice.publishedOffset) return
    try {
      await publishOutputs(slice, outputs, to)
    } catch (error) {
      failed.abort()
      throw error
    }
  }
  return {
    add: async (part, progress) => {
      await running
      running = ahead(publish(part))
      advance(progress, part)
    },
    whenDone: (then) => {
      running = ahead(running.finally(then))
    },
    failed: failed.signal,
    done: () => running,
  }
}

/** A failure of work that runs ahead is seen when it is awaited, not as an unhandled rejection before. */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

function advance(progress: SliceProgress, { to, batch }: Settled): void {
  progress.nextOffset = String(to)
  if (batch === null) progress.parked += 1
  else {
    progress.logins += batch.logins
    progress.rejects += batch.rejected.length
    progress.batches += 1
  }
}

async function publishOutputs(slice: Slice, outputs: OutputCollector, to: bigint): Promise<void> {
  await slice.producer.publish(outputs, to, async () => {
    await slice.deps.onStep?.('inside_kafka_transaction')
  })
  slice.publishedOffset = to
  await slice.deps.onStep?.('after_kafka_commit')
}

/**
 * Publishes what was committed in Postgres and did not reach Kafka: a crash between the two commits (G2). The records
 * are read again and decided as the first time; insights and rejects come from their tables.
 * @throws {PipelineFailure} data_loss when the log no longer gives what the ledger says
 */
export async function publishGap(slice: Slice): Promise<void> {
  const { publishedOffset, standing, checkpoint } = slice
  const batches = await classingPostgres(() =>
    unpublishedBatches(slice.sql, slice, checkpoint.incarnation, publishedOffset),
  )
  for (const batch of batches) {
    const rejects = await classingPostgres(() => readDecidedRejects(slice.sql, batch.id))
    const records = await readAgain(slice.reader, batch.from, batch.to)
    const again = await decideAgain(slice, records, { ...batch, rejects })
    if (again.logins !== batch.logins || again.rejects !== batch.rejects)
      throw changedRange(slice, batch, again)
    await publishOutputs(slice, again.outputs, batch.to)
  }
  // Nothing of what was parked behind them is published here, but the group offset passes over it.
  if (slice.publishedOffset < standing.next)
    await publishOutputs(slice, slice.producer.collect(), standing.next)
}

/** All records of `[from, to)`. @throws {PipelineFailure} data_loss when the log ends before `to`; UndecodableFailure */
export async function readAgain(reader: RangeReader, from: bigint, to: bigint): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  let position = from
  while (position < to) {
    const range = await reader.read(position, { ...IDLE, until: to })
    if (range.to === position) throw endsEarly(position, to)
    records.push(...range.records.slice(0))
    position = range.to
  }
  return records
}

const endsEarly = (position: bigint, to: bigint) =>
  new PipelineFailure('data_loss', 'kafka', `offsets ${position} to ${to - 1n} are no longer in the log`)

const changedRange = (
  key: PartitionKey,
  batch: { from: bigint; to: bigint; logins: number; rejects: number },
  now: { logins: number; rejects: number },
) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `offsets ${batch.from} to ${batch.to - 1n} of ${key.topic}/${key.partition} were counted as ${batch.logins} logins and ` +
      `${batch.rejects} rejects, but read again they are ${now.logins} and ${now.rejects}: ` +
      `their outputs cannot be published`,
  )
