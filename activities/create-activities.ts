import { Context } from '@temporalio/activity'
import { selectBatchesWithRejects } from '../db/ledger/select-batches.ts'
import { classingPostgres } from '../db/connection/failure.ts'
import type { Retained } from '../db/rollups/retention.ts'
import { recordControlEvent, type ControlEvent } from '../db/ledger/control-events.ts'
import type { Sql } from '../db/connection/connect.ts'
import type { PartitionKey } from '../db/ingest/checkpoint.ts'
import { DEFECT_ATTEMPTS, PipelineFailure } from '../domain/pipeline/failure.ts'
import type { BatchResult, ReplayAttempt, ReplayRequest } from '../domain/batch/replay.ts'
import { MAX_BATCHES_OF_A_RUN, type BatchSelection, type RejectSelection } from '../domain/batch/selection.ts'
import type { SliceReport } from '../domain/batch/slice-report.ts'
import type { TopicOffsets } from '../kafka/topics/topic-offsets.ts'
import { acceptOffsetLoss, type LossAcceptance } from './accept-loss.ts'
import { applyParked, skipParked } from './replay/apply-parked.ts'
import { bringBackParked, type BringBack } from './ingest/hand-over.ts'
import { startHeartbeat } from './heartbeat.ts'
import { ingestSlice, type SliceRequest } from './ingest/ingest-slice.ts'
import { parkInHand, parkingRefusal, type ParkingAnswer, type ParkRequest } from './ingest/park-in-hand.ts'
import { planReplay, type Planned } from './replay/plan-replay.ts'
import { redriveBatch, type RedriveRequest, type Redriven } from './replay/redrive.ts'
import { reconcileRecent, type ReconcileRequest, type ReconcileSummary } from './reconcile.ts'
import { retainTables } from './retain-tables.ts'
import type { WorkerDeps } from './session/worker-deps.ts'

export type ActivityDeps = WorkerDeps & {
  /** The primary, for small writes. */
  sql: Sql
  topicOffsets: TopicOffsets
  /** Asks the workflow of a parked batch, started if need be, for a replay. */
  requestReplay: (request: ReplayRequest) => Promise<BatchResult>
  /** Starts the workflows of parked batches that do not run. */
  bringBack: BringBack
  /** Slices of this process. */
  slicesRunning: () => number
}

const WATCH_INTERVAL_MS = 5_000
/** Shows that the worker lives, to whoever would replace it. */
const ALIVE_MS = 2_000
/** A watch that ends now and then lets its workflow start partitions that an operator terminated. */
const WATCH_MS = 5 * 60_000

const never = new AbortController().signal

type BatchRequest = { batchId: string; commandId: string }

export function createActivities(deps: ActivityDeps) {
  return {
    /**
     * Runs one slice of a partition. Never throws for a part that is away: the report says so.
     * Safe to retry: each run claims the partition anew, goes on at the checkpoint and publishes what is missing.
     * @param handOver aborts when another worker is to have the next slice: then this one ends early
     */
    ingestSlice: async (request: SliceRequest, handOver: AbortSignal = never): Promise<SliceReport> =>
      await ingestSlice(deps, request, { cancelled: Context.current().cancellationSignal, handOver }),

    /**
     * Waits until the topic's partitions are others than `known`, or for some minutes, and returns them.
     * A topic or Kafka that is away is waited for. Safe to retry: it reads only.
     */
    watchTopic: async (topic: string, known: number[]): Promise<number[]> => {
      const { cancellationSignal: cancelled } = Context.current()
      const end = deps.clock() + WATCH_MS
      const heartbeat = startHeartbeat({ known, problem: '' }, () => WATCH_INTERVAL_MS)
      try {
        while (!cancelled.aborted && deps.clock() < end) {
          const partitions = await deps.topicOffsets.read(topic).catch((error: unknown) => {
            heartbeat.details = { known, problem: String(error) }
            return null
          })
          if (partitions !== null) heartbeat.details = { known, problem: '' }
          if (partitions !== null && partitions.length > known.length)
            return partitions.map(({ partition }) => partition)
          await Promise.race([Context.current().sleep(WATCH_INTERVAL_MS), Context.current().cancelled])
        }
        return known
      } finally {
        heartbeat.end()
      }
    },

    /** Goes on behind lost offsets. Safe to retry: the ledger's row of what was lost carries the command. */
    acceptLoss: async ({
      commandId,
      ...key
    }: PartitionKey & { commandId: string }): Promise<LossAcceptance> =>
      await acceptOffsetLoss(deps, key, commandId),

    /** Sets aside what is in hand. Safe to retry: the ledger's row carries the command. */
    parkInHand: async (request: ParkRequest): Promise<ParkingAnswer> =>
      await parkInHand(deps, request).catch(parkingRefusal),

    /** Counts a parked batch. Safe to retry: the ledger, its claim and the marker in Kafka say what is done (G7). */
    applyBatch: async ({ batchId, commandId }: BatchRequest): Promise<ReplayAttempt> =>
      await beating(() =>
        orFailure(async () => ({
          ok: true,
          outcome: await applyParked(deps, BigInt(batchId), commandId),
        })),
      ),

    /** Gives a parked batch up. Safe to retry: a skipped batch stays skipped. */
    skipBatch: async ({ batchId, ...request }: BatchRequest & { reason: string }): Promise<ReplayAttempt> =>
      await orFailure(async () => ({ ok: true, outcome: await skipParked(deps, BigInt(batchId), request) })),

    /** Says what a replay of many would do. Safe to retry: what it writes is rolled back. */
    planReplay: async (topic: string, selection: BatchSelection): Promise<Planned> =>
      await planReplay(deps, topic, selection, () => {
        Context.current().heartbeat()
      }),

    /** Asks the workflow of a parked batch for a replay. Safe to retry: the request is one Update. */
    requestReplay: async (request: ReplayRequest): Promise<BatchResult> =>
      await beating(() => deps.requestReplay(request)),

    /** Ids of batches with rejects of a selection, at most one more than a run may have. Safe to retry: it reads only. */
    findRejects: async (topic: string, selection: RejectSelection): Promise<string[]> =>
      await classingPostgres(() =>
        selectBatchesWithRejects(deps.sql, topic, selection, MAX_BATCHES_OF_A_RUN + 1),
      ),

    /** Redrives rejects of a batch. Safe to retry: the ledger and the history say what the command has done (G7). */
    redriveBatch: async (
      request: RedriveRequest,
    ): Promise<{ ok: true; redriven: Redriven } | { ok: false; error: string }> =>
      await beating(() => orFailure(async () => ({ ok: true, redriven: await redriveBatch(deps, request) }))),

    /** Writes the audit of a command. Safe to retry: a command is one row. */
    recordControl: async (event: ControlEvent): Promise<void> => {
      await recordControlEvent(deps.sql, event)
    },

    /** Drops what is past retention. Safe to retry: it goes by what is there. */
    applyRetention: async (): Promise<Retained> =>
      await beating(() => classingPostgres(() => retainTables(deps.config))),

    /**
     * Reconciles what is new, and the parked batches with their workflows. Safe to retry: it reads, then writes all in one
     * transaction, once for a run; a workflow that runs is not started again.
     */
    reconcileRecent: async (request: ReconcileRequest): Promise<ReconcileSummary> => {
      const summary = await reconcileRecent(deps.sql, request, () => {
        Context.current().heartbeat()
      })
      await bringBackParked(deps.bringBack, deps.sql, request.topic)
      return summary
    },
  }
}

/** What is the batch's own fault is an answer; outages and lost claims are thrown, so that the activity is tried again. */
async function orFailure<T>(work: () => Promise<T>): Promise<T | { ok: false; error: string }> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PipelineFailure && isPassing(error)) throw error
    return {
      ok: false,
      error: error instanceof PipelineFailure ? error.message : `Rollcall: ${String(error)}`,
    }
  }
}

const isPassing = ({ failureClass }: PipelineFailure) =>
  failureClass === 'transient' ||
  failureClass === 'fenced' ||
  (failureClass === 'defect' && Context.current().info.attempt < DEFECT_ATTEMPTS)

async function beating<T>(work: () => Promise<T>): Promise<T> {
  const heartbeat = startHeartbeat(null, () => ALIVE_MS)
  try {
    return await work()
  } finally {
    heartbeat.end()
  }
}

export type Activities = ReturnType<typeof createActivities>
