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
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { sliceHeartbeatMs, startHeartbeat, type Heartbeat } from '../heartbeat.ts'
import { publishGap } from '../publish/publish-gap.ts'
import { startPublishing, type Publishing } from '../publish/publishing.ts'
import { IDLE } from '../session/kafka-options.ts'
import { openPartitionSession, type PartitionSession } from '../session/partition-session.ts'
import type { Standing } from '../session/standing.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { decideAndCommit } from './commit-range.ts'
import { fetchAhead, LINGER, takeNext, type UndecodableRange } from './fetch-ahead.ts'
import { handOverLeftovers } from './hand-over.ts'
import { parkRange } from './park-range.ts'
import { progressBehind } from './progress.ts'
import type { Settled } from './settled.ts'
import { splitRange } from './split-range.ts'

export type SliceRequest = PartitionKey & {
  /** Milliseconds after which the slice ends; the batch in hand is finished. */
  longestMs: number
  /** An operator lets through what halted the partition as a flood. */
  acceptFlood?: boolean
}

type SliceStops = {
  cancelled: AbortSignal
  /** Aborts when another worker is to have the next slice. */
  handOver: AbortSignal
}

/** A multiple of this saves little more, and each adds to what every question about counts has to add. */
const RANGES_PER_ROLL_UP = 8

/** Works on a partition until it is told to stop or its time is up, and reports; heartbeats meanwhile. Never throws. */
export async function ingestSlice(
  deps: WorkerDeps & { slicesRunning: () => number },
  request: SliceRequest,
  { cancelled, handOver }: SliceStops,
): Promise<SliceReport> {
  const stop = stopAfter(request.longestMs, [cancelled, handOver])
  const heartbeat = startHeartbeat(noProgress(), () => sliceHeartbeatMs(deps.slicesRunning()))
  try {
    await ingestPartition(deps, request, heartbeat, stop.signal)
    return { ...heartbeat.details, outcome: cancelled.aborted ? 'stopped' : 'ended', reason: '' }
  } catch (error) {
    return failureReport(heartbeat.details, error)
  } finally {
    heartbeat.end()
    stop.clear()
  }
}

/** Claims the partition, publishes what an earlier slice left, and goes on from there. */
async function ingestPartition(
  deps: WorkerDeps,
  request: SliceRequest,
  heartbeat: Heartbeat<SliceProgress>,
  stop: AbortSignal,
): Promise<void> {
  const claimed = await openPartitionSession(deps, request, request.acceptFlood)
  const { session, standing } = claimed
  try {
    heartbeat.details = { ...heartbeat.details, nextOffset: String(standing.next) }
    await handOverLeftovers(deps, session.sql, session)
    const publishing = startPublishing(session, await publishGap(claimed))
    await ingestRanges(session, standing, publishing, heartbeat, stop)
    const { publishedOffset } = publishing
    await classingPostgres(() =>
      recordPublished(session.sql, session, session.checkpoint.epoch, publishedOffset),
    )
  } finally {
    await session.close()
  }
}

/**
 * Works through range after range until `stop` aborts. Three are under way at a time: one is fetched while the one before
 * is decided and committed, and the one before that published.
 */
async function ingestRanges(
  session: PartitionSession,
  claimedAt: Standing,
  publishing: Publishing,
  heartbeat: Heartbeat<SliceProgress>,
  stop: AbortSignal,
): Promise<void> {
  const { batchesInWork, fetchBudget } = session.deps
  const end = abortedBy([stop, publishing.failed]).signal
  const sayLag = (endOffset: bigint, next: bigint) => {
    heartbeat.details = { ...heartbeat.details, lag: Number(endOffset - next) }
  }
  let standing = claimedAt
  let fetching = fetchAhead(session, standing.next, IDLE)
  try {
    for (let ranges = 0; !end.aborted;) {
      const found = await orStopped(fetching, end)
      if (found === null) break
      if (found === 0) {
        sayLag(session.reader.endOffset(), standing.next)
        fetching = fetchAhead(session, standing.next, IDLE)
        continue
      }
      const release = await batchesInWork.acquire({ weight: found, stop: end })
      if (release === null) break
      try {
        const range = await takeNext(session, standing.next, publishing.publishedOffset)
        fetching = fetchAhead(session, range.to, LINGER)
        sayLag(range.endOffset, range.to)
        for await (const part of commitOrPark(session, standing, range, publishing)) {
          standing = part.standing
          await publishing.add(part.outputs, standing.next)
          heartbeat.details = progressBehind(heartbeat.details, part)
        }
        // The first of a slice takes what the one before left.
        if (ranges++ % RANGES_PER_ROLL_UP === 0) await rollUp(session)
      } finally {
        publishing.whenDone(release)
      }
    }
  } finally {
    fetchBudget.leave(session)
    // What is committed gets published also when the next range halts the partition.
    await publishing.done().catch(() => undefined)
  }
  await publishing.done()
}

/**
 * Decides and commits a range. What fails for a permanent reason is halved until the failing part is one record, which is
 * parked; the rest commits (G6). Parts come in the order of their offsets, each once Postgres has it.
 * @throws {PipelineFailure} for whatever is not the fault of a record, and `flood` when too many records are at fault
 */
async function* commitOrPark(
  session: PartitionSession,
  standing: Standing,
  range: FetchedRange | UndecodableRange,
  publishing: Pick<Publishing, 'publishedOffset'>,
  isWhole = true,
): AsyncGenerator<Settled> {
  if ('failure' in range) {
    yield await parkRange(session, standing, range, range.failure, publishing.publishedOffset)
    return
  }
  const { publishedOffset } = publishing
  const attempt = await decideAndCommit(session, standing, range, { publishedOffset, isWhole })
  if (attempt.ok) {
    yield attempt.settled
    return
  }
  const parts = splitRange(range)
  if (parts.length > 0) {
    let behind = standing
    for (const part of parts)
      for await (const settled of commitOrPark(session, behind, part, publishing, false)) {
        behind = settled.standing
        yield settled
      }
  } else if (range.records.length > 0)
    yield await parkRange(session, standing, range, attempt.failure, publishing.publishedOffset)
  else throw attempt.failure
}

const rollUp = ({ sql, topic }: PartitionSession) => classingPostgres(() => rollUpCounts(sql, topic))
