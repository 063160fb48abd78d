import { defineQuery, defineUpdate } from '@temporalio/workflow'
import type { RejectReason } from '../domain/login/login.ts'
import type { BatchResult } from '../domain/batch/replay.ts'
import type { BatchSelection, RejectSelection } from '../domain/batch/selection.ts'
import type { ReplayPlan } from '../domain/batch/replay-plan.ts'
import type { ControlRequest } from './contract.ts'

/** Replays and redrives of many, as clients see them. Offsets and ids are decimal strings, moments ISO 8601. */

export const replayRunId = (commandId: string) => `replay/${commandId}`
export const redriveRunId = (commandId: string) => `redrive/${commandId}`

export type ReplayRunInput = ControlRequest & {
  topic: string
  selection: BatchSelection
  /** Says what would happen, and does none of it. */
  dryRun: boolean
  maxPerMinute: number
}

export type RunState = 'planning' | 'running' | 'paused' | 'cancelled' | 'done'

/** Why a run does nothing; null: it does what it was told. */
type Refusable = { refusal: string | null }

export type ReplayRunStatus = Omit<ReplayRunInput, 'selection'> &
  Refusable & {
    state: RunState
    plan: ReplayPlan | null
    /** One per batch that was tried, in order. */
    results: BatchResult[]
  }

/** On a replay run. Answers once the plan is made. */
export const plannedUpdate = defineUpdate<ReplayRunStatus>('planned')
export const pauseRunUpdate = defineUpdate<ReplayRunStatus, [ControlRequest | string | undefined]>('pause')
export const resumeRunUpdate = defineUpdate<ReplayRunStatus, [ControlRequest | string | undefined]>('resume')
/** Ends it after the batch in hand; what is not replayed stays parked. */
export const cancelRunUpdate = defineUpdate<ReplayRunStatus, [ControlRequest | string | undefined]>('cancel')
export const replayRunQuery = defineQuery<ReplayRunStatus>('status')

export type RedriveRunInput = ControlRequest & { topic: string; selection: RejectSelection; dryRun: boolean }

export type RedriveRunStatus = Omit<RedriveRunInput, 'selection'> &
  Refusable & {
    state: RunState
    /** Batches with rejects of the selection, and how many of them are done. */
    batches: number
    batchesDone: number
    /** Rejects that were decoded again. */
    examined: number
    /** Of those: logins by now (in a dry run: would be). */
    logins: number
    /** The others, by the reason for which they stay rejects. */
    stay: { reason: RejectReason; rejects: number }[]
    /** Batches that could not be redriven, and why. */
    failures: { batchId: string; error: string }[]
  }

/** On a redrive. Answers once it is done, or after a while with what is done so far. */
export const redriveProgressUpdate = defineUpdate<RedriveRunStatus>('progress')
export const redriveRunQuery = defineQuery<RedriveRunStatus>('status')
