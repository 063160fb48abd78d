import { Context } from '@temporalio/activity'
import { classingPostgres } from '../../db/connection/failure.ts'
import { selectBatchesWithRejects } from '../../db/ledger/select-batches.ts'
import type { BatchResult, ReplayAttempt, ReplayRequest } from '../../domain/batch/replay.ts'
import {
  MAX_BATCHES_OF_A_RUN,
  type BatchSelection,
  type RejectSelection,
} from '../../domain/batch/selection.ts'
import { asFailure, DEFECT_ATTEMPTS, PipelineFailure } from '../../domain/pipeline/failure.ts'
import { actorOfRun } from '../commands/actor-of-run.ts'
import { withHeartbeat } from '../heartbeat.ts'
import type { ActivityDeps } from '../session/activity-deps.ts'
import type { Observer } from '../session/observer.ts'
import { applyParked, skipParked } from './apply-parked.ts'
import { planReplay, type Planned } from './plan-replay.ts'
import { redriveBatch, type RedriveRequest, type Redriven } from './redrive.ts'

type BatchRequest = { batchId: string; commandId: string }

type RedriveAttempt = { ok: true; redriven: Redriven } | { ok: false; error: string }

/** The activities that change what a batch means, one batch or many. */
export const createReplayActivities = (deps: ActivityDeps) => ({
  /**
   * Counts a parked batch. Safe to retry: the ledger, its claim and the marker in Kafka say what is done
   * (G7).
   */
  applyBatch: async ({ batchId, commandId }: BatchRequest): Promise<ReplayAttempt> =>
    await withHeartbeat(() =>
      permanentFailureAsValue(deps.observe, async () => ({
        ok: true,
        outcome: await applyParked(deps, BigInt(batchId), commandId),
      })),
    ),

  /** Skips a parked batch. Safe to retry: a skipped batch stays skipped. */
  skipBatch: async ({ batchId, ...request }: BatchRequest & { reason: string }): Promise<ReplayAttempt> =>
    await permanentFailureAsValue(deps.observe, async () => ({
      ok: true,
      outcome: await skipParked(deps, BigInt(batchId), request),
    })),

  /** Plans a replay of many batches. Safe to retry: what it writes is rolled back. */
  planReplay: async (topic: string, selection: BatchSelection): Promise<Planned> =>
    await planReplay(deps, topic, selection, () => {
      Context.current().heartbeat()
    }),

  /** Asks the workflow of a parked batch for a replay. Safe to retry: the request is one Update. */
  requestReplay: async ({ author, ...request }: ReplayRequest): Promise<BatchResult> =>
    await withHeartbeat(async () => {
      const actor = await actorOfRun(deps.authors.keys, author, request.commandId)
      return await deps.requestReplay({ ...request, actor })
    }),

  /**
   * Ids of batches with rejects of a selection, one more than a run may have at most. Safe to retry: it only
   * reads.
   */
  findRejects: async (topic: string, selection: RejectSelection): Promise<string[]> =>
    await classingPostgres(() =>
      selectBatchesWithRejects(deps.sql, topic, selection, MAX_BATCHES_OF_A_RUN + 1),
    ),

  /**
   * Redrives rejects of a batch. Safe to retry: the ledger and the history say what the command has done
   * (G7).
   */
  redriveBatch: async (request: RedriveRequest): Promise<RedriveAttempt> =>
    await withHeartbeat(() =>
      permanentFailureAsValue(deps.observe, async () => ({
        ok: true,
        redriven: await redriveBatch(deps, request),
      })),
    ),
})

/**
 * Returns a failure that the batch itself causes. Throws outages and lost claims, so that Temporal retries
 * the activity.
 */
async function permanentFailureAsValue<T>(
  observe: Observer,
  work: () => Promise<T>,
): Promise<T | { ok: false; error: string }> {
  try {
    const done = await work()
    observe.replayed(null)
    return done
  } catch (error) {
    const failure = asFailure(error)
    observe.replayed(failure)
    if (error instanceof PipelineFailure && isRetried(error)) throw error
    return { ok: false, error: failure.message }
  }
}

const isRetried = ({ failureClass }: PipelineFailure) =>
  failureClass === 'transient' ||
  failureClass === 'fenced' ||
  (failureClass === 'defect' && Context.current().info.attempt < DEFECT_ATTEMPTS)
