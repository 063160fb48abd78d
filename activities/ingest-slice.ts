import type { PartitionKey } from '../db/checkpoint.ts'
import { recordPublished } from '../db/checkpoint.ts'
import { commitBatch } from '../db/commit-batch.ts'
import { classingPostgres } from '../db/failure.ts'
import { foldCounts } from '../db/fold-counts.ts'
import { unpublishedBatches } from '../db/unpublished.ts'
import type { DecidedBatch } from '../domain/batch.ts'
import { PipelineFailure } from '../domain/failure.ts'
import type { UnfinishedInsight } from '../domain/insight.ts'
import type { SliceProgress } from '../domain/slice-report.ts'
import type { OutputCollector } from '../kafka/collect-outputs.ts'
import type { FetchedRange } from '../kafka/take-range.ts'
import { decideAgain, decideBatch, type Decided } from './decide-batch.ts'
import type { Slice } from './slice.ts'

/** While records come, a fetch waits this long for more: a transaction costs a broker as much as thousands of records. */
const LINGER = { maxWaitMs: 150, minBytes: 512 * 1024 }
/** An idle partition asks twice a second, and is answered at once when a record comes. */
const IDLE = { maxWaitMs: 500, minBytes: 1 }

/** A multiple of this saves little more, and each adds to what every question about counts has to unfold. */
const BATCHES_PER_FOLD = 8

/** Works through batch after batch until `stop` aborts. Updates `progress` after each. */
export async function ingestUntilStopped(
  slice: Slice,
  progress: SliceProgress,
  stop: AbortSignal,
): Promise<void> {
  let next = slice.checkpoint.nextOffset
  let unfinished = slice.checkpoint.unfinishedInsight
  let publishing = Promise.resolve()
  const failed = new AbortController()
  const end = AbortSignal.any([stop, failed.signal])
  let fetching = ahead(slice.reader.fetch(next, IDLE))
  const takeAndCommit = async () => {
    const batchId = await classingPostgres(() => slice.nextBatchId())
    const range = slice.reader.take(next)
    // The next fetch travels while this range is decided and committed.
    fetching = ahead(slice.reader.fetch(range.to, LINGER))
    progress.lag = Number(range.endOffset - range.to)
    return await commitRange(slice, range, unfinished, batchId)
  }
  const publish = async (outputs: OutputCollector, to: bigint) => {
    try {
      await publishBatch(slice, outputs, to)
    } catch (error) {
      failed.abort()
      throw error
    }
  }
  while (!end.aborted) {
    const isFound = await unlessStopped(fetching, end)
    if (isFound === null) break
    if (!isFound) {
      progress.lag = 0
      fetching = ahead(slice.reader.fetch(next, IDLE))
      continue
    }
    const leave = await slice.deps.batchesInWork.enter(end)
    if (leave === null) break
    const { batch, outputs } = await takeAndCommit().catch(leavingFirst(leave))
    // One batch may be committed and unpublished, not two: the gap after a crash stays small.
    await publishing.catch(leavingFirst(leave))
    publishing = ahead(publish(outputs, batch.range.to).finally(leave))
    unfinished = batch.unfinishedInsight
    next = batch.range.to
    advance(progress, batch)
  }
  await publishing
  await classingPostgres(() =>
    recordPublished(slice.sql, slice, slice.checkpoint.epoch, slice.publishedOffset),
  )
}

/** A failure of work that runs ahead is seen when it is awaited, not as an unhandled rejection before. */
function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

const leavingFirst = (leave: () => void) => (error: unknown) => {
  leave()
  throw error
}

async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | null> {
  const { promise: stopped, resolve } = Promise.withResolvers<null>()
  const onStop = () => {
    resolve(null)
  }
  stop.addEventListener('abort', onStop)
  try {
    return await Promise.race([work, stopped])
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}

async function commitRange(
  slice: Slice,
  range: FetchedRange,
  unfinishedInsight: UnfinishedInsight,
  batchId: bigint,
): Promise<Decided> {
  const { deps, checkpoint, publishedOffset } = slice
  const { epoch, serverStart } = checkpoint
  const decided = decideBatch(slice, range, unfinishedInsight, batchId)
  const { batch, rows } = decided
  await deps.onStep?.('before_postgres_commit')
  await classingPostgres(() =>
    commitBatch(slice.sql, {
      batchId,
      epoch,
      serverStart,
      decided: batch,
      rows,
      publishedOffset,
      codeVersion: deps.codeVersion,
    }),
  )
  slice.presence.remember(batch.presences)
  await deps.onStep?.('after_postgres_commit')
  // The first of a slice takes what the one before left.
  if (slice.batches++ % BATCHES_PER_FOLD === 0) await classingPostgres(() => foldCounts(slice.sql, slice))
  return decided
}

async function publishBatch(slice: Slice, outputs: OutputCollector, to: bigint): Promise<void> {
  await slice.producer.publish(outputs, to, async () => {
    await slice.deps.onStep?.('inside_kafka_transaction')
  })
  slice.publishedOffset = to
  await slice.deps.onStep?.('after_kafka_commit')
}

/**
 * Publishes what was committed in Postgres and did not reach Kafka: a crash between the two commits (G2). The records
 * are read again and decided by the clock of the first time; insights come from their table.
 * @throws {PipelineFailure} data_loss when the log no longer gives what the ledger says
 */
export async function publishGap(slice: Slice): Promise<void> {
  const batches = await classingPostgres(() => unpublishedBatches(slice.sql, slice, slice.publishedOffset))
  for (const batch of batches) {
    const again = decideAgain(slice, await readAgain(slice, batch.from, batch.to), batch)
    if (again.logins !== batch.logins || again.rejects !== batch.rejects)
      throw changedRange(slice, batch, again)
    await publishBatch(slice, again.outputs, batch.to)
  }
}

async function readAgain(slice: Slice, from: bigint, to: bigint): Promise<FetchedRange['records']> {
  const records: FetchedRange['records'] = []
  let position = from
  while (position < to) {
    const range = await slice.reader.read(position, { ...IDLE, until: to })
    if (range.to === position) break
    records.push(...range.records)
    position = range.to
  }
  return records
}

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

function advance(progress: SliceProgress, { range, logins, rejected }: DecidedBatch): void {
  progress.nextOffset = String(range.to)
  progress.logins += logins
  progress.rejects += rejected.length
  progress.batches += 1
}
