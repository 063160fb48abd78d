import { defineQuery, defineUpdate } from '@temporalio/workflow'
import type { RejectReason } from '../domain/login/login.ts'
import type { BatchResult } from '../domain/batch/replay.ts'
import type { BatchSelection, RejectSelection } from '../domain/batch/selection.ts'
import type { ReplayPlan } from '../domain/batch/replay-plan.ts'
import type { ControlRequest } from './contract.ts'

/**
 * Runs that replay or redrive many batches, as clients see them. Offsets and ids are decimal strings, times
 * ISO 8601.
 */

export const replayRunId = (commandId: string) => `replay/${commandId}`
export const redriveRunId = (commandId: string) => `redrive/${commandId}`

export type ReplayRunInput = ControlRequest & {
  topic: string
  selection: BatchSelection
  /** Only plans: reports what would happen and changes nothing. */
  dryRun: boolean
  maxPerMinute: number
}

export type RunState = 'planning' | 'running' | 'paused' | 'cancelled' | 'done'

/** Why a run is refused; null if it is not. */
type Refusable = { refusal: string | null }

export type ReplayRunStatus = Omit<ReplayRunInput, 'selection' | 'proof'> &
  Refusable & {
    state: RunState
    plan: ReplayPlan | null
    /** One result per batch that was tried, in that order. */
    results: BatchResult[]
  }

/** Update of a replay run. Answers once the plan is made. */
export const plannedUpdate = defineUpdate<ReplayRunStatus>('planned')
export const pauseRunUpdate = defineUpdate<ReplayRunStatus, [ControlRequest | string | undefined]>('pause')
export const resumeRunUpdate = defineUpdate<ReplayRunStatus, [ControlRequest | string | undefined]>('resume')
/** Ends the run after the batch in hand; batches that are not replayed stay parked. */
export const cancelRunUpdate = defineUpdate<ReplayRunStatus, [ControlRequest | string | undefined]>('cancel')
export const replayRunQuery = defineQuery<ReplayRunStatus>('status')

export type RedriveRunInput = ControlRequest & { topic: string; selection: RejectSelection; dryRun: boolean }

export type RedriveRunStatus = Omit<RedriveRunInput, 'selection' | 'proof'> &
  Refusable & {
    state: RunState
    /** Number of batches with rejects of the selection. */
    batches: number
    batchesDone: number
    /** Number of rejects that were decoded again. */
    examined: number
    /** How many of them are logins by now; in a dry run, how many would be. */
    logins: number
    /** How many of them stay rejects, by reason. */
    stay: { reason: RejectReason; rejects: number }[]
    /** Batches that could not be redriven, and why. */
    failures: { batchId: string; error: string }[]
  }

/** Update of a redrive. Answers once it is done, or after 5 seconds with its progress. */
export const redriveProgressUpdate = defineUpdate<RedriveRunStatus>('progress')
export const redriveRunQuery = defineQuery<RedriveRunStatus>('status')
