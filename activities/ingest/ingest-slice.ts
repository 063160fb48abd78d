import { abortedBy, stopAfter } from '../../concurrency/stop-signal.ts'
import { orStopped } from '../../concurrency/unless-aborted.ts'
import { recordPublished, type PartitionKey } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import {
  failureReport,
  noProgress,
  type SliceProgress,
  type SliceReport,
} from '../../domain/batch/slice-report.ts'
import { asFailure } from '../../domain/pipeline/failure.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { errorType, within } from '../../tracing/active-span.ts'
import { sliceHeartbeatMs, startHeartbeat, type Heartbeat } from '../heartbeat.ts'
import { publishGap } from '../publish/publish-gap.ts'
import { startPublishing, type Publishing } from '../publish/publishing.ts'
import type { ActivityDeps } from '../session/activity-deps.ts'
import { IDLE } from '../session/kafka-options.ts'
import { openPartitionSession, type PartitionSession } from '../session/partition-session.ts'
import type { IngestPosition } from '../session/ingest-position.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import type { Span } from '../../tracing/span.ts'
import { decideAndCommit } from './commit-range.ts'
import { fetchAhead, giveUp, LINGER, takeNext, type UndecodableRange } from './fetch-ahead.ts'
import { startMissingBatchWorkflows } from './batch-workflows.ts'
import { parkRange } from './park-range.ts'
import { progressBehind } from './slice-progress.ts'
import type { CommittedPart } from './committed-part.ts'
import { splitRange } from './split-range.ts'
import { traceRange, traceSliceFailure } from './trace-range.ts'

export type SliceRequest = PartitionKey & {
  /** Milliseconds after which the slice ends, once the batch in hand is finished. */
  longestMs: number
  /** An operator lets through the rejects that halted the partition as a flood. */
  acceptFlood?: boolean
}

type SliceStops = {
  cancelled: AbortSignal
  /** Aborts when another worker should run the partition. */
  handOver: AbortSignal
}

/**
 * A rollup updates about as many rows for one batch as for many, and each batch that is not rolled up adds
 * work to every query for counts.
 */
const BATCHES_PER_ROLL_UP = 16
/** After so many ranges of its own, a slice asks whether the batches of all partitions are enough. */
const RANGES_PER_LOOK = 4

/**
 * Works on a partition until it is stopped or its time is up, and sends heartbeats meanwhile.
 * @returns a report, also of a failure; never throws
 */
export async function ingestSlice(
  deps: WorkerDeps & Pick<ActivityDeps, 'slicesRunning' | 'isToldOfCancellations'>,
  request: SliceRequest,
  { cancelled, handOver }: SliceStops,
): Promise<SliceReport> {
  const stop = stopAfter(request.longestMs, [cancelled, handOver])
  const heartbeatMs = () => sliceHeartbeatMs(deps.slicesRunning(), deps.isToldOfCancellations)
  const heartbeat = startHeartbeat(noProgress(), heartbeatMs)
  const { observe } = deps
  observe.sliceBegan(request.partition)
  try {
    await ingestPartition(deps, request, heartbeat, stop.signal)
    const outcome = cancelled.aborted ? 'stopped' : 'ended'
    observe.sliceEnded(request.partition, outcome, null)
    return { ...heartbeat.details, outcome, reason: '' }
  } catch (error) {
    const failure = asFailure(error)
    const report = failureReport(heartbeat.details, failure)
    observe.sliceEnded(request.partition, report.outcome, failure)
    traceSliceFailure(report.outcome, failure)
    return report
  } finally {
    heartbeat.end()
    stop.clear()
  }
}

/** Claims the partition, publishes what an earlier slice left unpublished, and ingests from there on. */
async function ingestPartition(
  deps: WorkerDeps,
  request: SliceRequest,
  heartbeat: Heartbeat<SliceProgress>,
  stop: AbortSignal,
): Promise<void> {
  const claimed = await openPartitionSession(deps, request, request.acceptFlood)
  const { session, position } = claimed
  try {
    heartbeat.details = { ...heartbeat.details, nextOffset: String(position.next) }
    await startMissingBatchWorkflows(deps, session.sql, session)
    const publishing = startPublishing(session, await publishGap(claimed))
    await ingestRanges(session, position, publishing, heartbeat, stop)
    const { publishedOffset } = publishing
    await classingPostgres(() =>
      recordPublished(session.sql, session, session.checkpoint.epoch, publishedOffset),
    )
  } finally {
    await session.close()
  }
}

/**
 * Ingests range after range until `stop` aborts. Three ranges are in work at a time: one is fetched, the one
 * before it is decided and committed, and the one before that is published.
 */
async function ingestRanges(
  session: PartitionSession,
  claimedAt: IngestPosition,
  publishing: Publishing,
  heartbeat: Heartbeat<SliceProgress>,
  stop: AbortSignal,
): Promise<void> {
  const { batchesInWork } = session.deps
  const end = abortedBy([stop, publishing.failed]).signal
  let position = claimedAt
  let fetching = fetchAhead(session, position.next, IDLE, end)
  try {
    for (let ranges = 0; !end.aborted;) {
      const fetched = await orStopped(fetching, end)
      if (fetched === null) break
      if (fetched.found === 0) {
        showLag(heartbeat, session.reader.endOffset(), position.next)
        fetching = fetchAhead(session, position.next, IDLE, end)
        continue
      }
      const release = await batchesInWork.acquire({ weight: fetched.found, stop: end })
      if (release === null) break
      let span: Span | null = null
      try {
        const range = await takeNext(session, position.next, publishing.publishedOffset)
        fetched.release()
        fetching = fetchAhead(session, range.to, LINGER, end)
        showLag(heartbeat, range.endOffset, range.to)
        span = traceRange(session, range, fetched)
        const behind = position
        position = await within(span, () => commitAndPublish(session, behind, range, publishing, heartbeat))
        // The first range of a slice also rolls up what the last slice left.
        if (ranges === 0) await rollUp(session, 1)
        else if (ranges % RANGES_PER_LOOK === 0) await rollUp(session, BATCHES_PER_ROLL_UP)
        ranges++
      } catch (error) {
        span?.failed(errorType(error))
        throw error
      } finally {
        publishing.whenDone(() => {
          span?.end()
          release()
        })
      }
    }
  } finally {
    giveUp(fetching)
    // What is committed is published even if a later range halts the partition.
    await publishing.done().catch(() => undefined)
  }
  await publishing.done()
}

const showLag = (heartbeat: Heartbeat<SliceProgress>, endOffset: bigint, next: bigint) => {
  heartbeat.details = { ...heartbeat.details, lag: Number(endOffset - next) }
}

/** Commits a range part by part, and starts to publish each part. @returns the position behind the range */
async function commitAndPublish(
  session: PartitionSession,
  position: IngestPosition,
  range: FetchedRange | UndecodableRange,
  publishing: Publishing,
  heartbeat: Heartbeat<SliceProgress>,
): Promise<IngestPosition> {
  let behind = position
  for await (const part of commitOrPark(session, position, range, publishing)) {
    behind = part.position
    await publishing.add(part.outputs, behind.next)
    heartbeat.details = progressBehind(heartbeat.details, part)
  }
  return behind
}

/**
 * Decides and commits a range. If it fails for a permanent reason, it is halved until the failing part is one
 * record, which is parked; the rest is committed (G6). Yields the parts in the order of their offsets, each
 * after Postgres has committed it.
 * @throws {PipelineFailure} if no record causes the failure; `flood` if too many records do
 */
async function* commitOrPark(
  session: PartitionSession,
  position: IngestPosition,
  range: FetchedRange | UndecodableRange,
  publishing: Pick<Publishing, 'publishedOffset'>,
  isWhole = true,
): AsyncGenerator<CommittedPart> {
  if ('failure' in range) {
    yield await parkRange(session, position, range, range.failure, publishing.publishedOffset)
    return
  }
  const { publishedOffset } = publishing
  const attempt = await decideAndCommit(session, position, range, { publishedOffset, isWhole })
  if (attempt.ok) {
    yield attempt.committed
    return
  }
  const parts = splitRange(range)
  if (parts.length > 0) {
    let behind = position
    for (const part of parts)
      for await (const committed of commitOrPark(session, behind, part, publishing, false)) {
        behind = committed.position
        yield committed
      }
  } else if (range.records.length > 0)
    yield await parkRange(session, position, range, attempt.failure, publishing.publishedOffset)
  else throw attempt.failure
}

const rollUp = ({ sql, topic }: PartitionSession, atLeast: number) =>
  classingPostgres(() => rollUpCounts(sql, topic, atLeast))
