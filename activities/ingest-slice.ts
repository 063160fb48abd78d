import type { PartitionKey } from '../db/checkpoint.ts'
import { recordPublished } from '../db/checkpoint.ts'
import { commitBatch } from '../db/commit-batch.ts'
import { classingPostgres } from '../db/failure.ts'
import { keepRowsFromMs } from '../db/login-partitions.ts'
import { unpublishedBatches } from '../db/unpublished.ts'
import type { DecodedBatch } from '../domain/batch.ts'
import { decodeBatch } from '../domain/decode-batch.ts'
import { PipelineFailure } from '../domain/failure.ts'
import { advanceInsight, type UnfinishedInsight } from '../domain/insight.ts'
import type { SliceProgress } from '../domain/slice-report.ts'
import type { FetchedRange } from '../kafka/range-reader.ts'
import { batchOutputs } from './outputs.ts'
import type { Slice } from './slice.ts'

/** While records come, a fetch waits this long for more: batches every 50 ms instead of one per record. */
const LINGER = { maxWaitMs: 50, minBytes: 64 * 1024 }
/** An idle partition asks twice a second, and is answered at once when a record comes. */
const IDLE = { maxWaitMs: 500, minBytes: 1 }

/** Works through batch after batch until `stop` aborts. Updates `progress` after each. */
export async function ingestUntilStopped(
  slice: Slice,
  progress: SliceProgress,
  stop: AbortSignal,
): Promise<void> {
  let next = slice.checkpoint.nextOffset
  let unfinished = slice.checkpoint.unfinishedInsight
  let publishing = Promise.resolve()
  let fetching = ahead(slice.reader.read(next, IDLE))
  while (!stop.aborted) {
    const range = await unlessStopped(fetching, stop)
    if (range === null) break
    const idle = range.to === next
    // The next fetch travels while this range is decoded and committed.
    fetching = ahead(slice.reader.read(range.to, idle ? IDLE : LINGER))
    progress.lag = Number(range.endOffset - range.to)
    if (idle) continue
    const committed = await commitRange(slice, range, unfinished)
    // One batch may be committed and unpublished, not two: the gap after a crash stays small.
    await publishing
    publishing = ahead(publishBatch(slice, committed.decoded, committed.insights))
    unfinished = committed.unfinished
    next = range.to
    advance(progress, committed.decoded)
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

type Committed = { decoded: DecodedBatch; insights: string[]; unfinished: UnfinishedInsight }

async function commitRange(
  slice: Slice,
  range: FetchedRange,
  unfinishedInsight: UnfinishedInsight,
): Promise<Committed> {
  const { ingest } = slice.deps.config
  const nowMs = slice.deps.clock()
  const decoded = decodeRange(slice, range, nowMs)
  const { insights, unfinished } = advanceInsight(unfinishedInsight, decoded.accepted, ingest.insightSize)
  const presences = slice.presence.missing(decoded.accepted)
  await slice.deps.onStep?.('before_postgres_commit')
  await classingPostgres(async () => {
    await commitBatch(slice.sql, {
      batchId: await slice.nextBatchId(),
      epoch: slice.checkpoint.epoch,
      decoded,
      insights,
      unfinishedInsight: unfinished,
      presences,
      publishedOffset: slice.publishedOffset,
      keepRowsFromMs: keepRowsFromMs(nowMs, ingest.loginRetentionDays),
      codeVersion: slice.deps.codeVersion,
    })
  })
  slice.presence.remember(presences)
  await slice.deps.onStep?.('after_postgres_commit')
  return { decoded, insights: insights.map(({ body }) => body), unfinished }
}

const decodeRange = (slice: Slice, { from, to, records }: FetchedRange, nowMs: number): DecodedBatch =>
  decodeBatch({ topic: slice.topic, partition: slice.partition, from, to }, records, {
    nowMs,
    maxBytes: slice.deps.config.ingest.loginMaxBytes,
  })

async function publishBatch(slice: Slice, decoded: DecodedBatch, insights: readonly string[]): Promise<void> {
  await slice.producer.publish(
    batchOutputs(decoded, insights, slice.deps.config.kafka),
    decoded.range.to,
    async () => {
      await slice.deps.onStep?.('inside_kafka_transaction')
    },
  )
  slice.publishedOffset = decoded.range.to
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
    const decoded = await readAgain(slice, batch.from, batch.to, batch.processedAtMs)
    if (decoded.accepted.length !== batch.logins || decoded.rejected.length !== batch.rejects) {
      throw changedRange(slice, batch, decoded)
    }
    await publishBatch(slice, decoded, batch.insights)
  }
}

async function readAgain(
  slice: Slice,
  from: bigint,
  to: bigint,
  processedAtMs: number,
): Promise<DecodedBatch> {
  const records: FetchedRange['records'] = []
  let position = from
  while (position < to) {
    const range = await slice.reader.read(position, { ...IDLE, until: to })
    if (range.to === position) break
    records.push(...range.records)
    position = range.to
  }
  return decodeRange(slice, { from, to, records, endOffset: to }, processedAtMs)
}

const changedRange = (
  key: PartitionKey,
  batch: { from: bigint; to: bigint; logins: number; rejects: number },
  now: DecodedBatch,
) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `offsets ${batch.from} to ${batch.to - 1n} of ${key.topic}/${key.partition} were counted as ${batch.logins} logins and ` +
      `${batch.rejects} rejects, but read again they are ${now.accepted.length} and ${now.rejected.length}: ` +
      `their outputs cannot be published`,
  )

function advance(progress: SliceProgress, { range, accepted, rejected }: DecodedBatch): void {
  progress.nextOffset = String(range.to)
  progress.logins += accepted.length
  progress.rejects += rejected.length
  progress.batches += 1
}
