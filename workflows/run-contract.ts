import { defineQuery, defineUpdate } from '@temporalio/workflow'
import type { RejectReason } from '../domain/login.ts'
import type { ReplayOutcome } from '../domain/replay.ts'
import type { ControlRequest } from './contract.ts'

/** Replays and redrives of many, as clients see them. Offsets and ids are decimal strings, moments ISO 8601. */

export const replayRunId = (commandId: string) => `replay/${commandId}`
export const redriveRunId = (commandId: string) => `redrive/${commandId}`

/** Conditions hold together; null: any. */
export type BatchSelection = {
  ids: string[] | null
  partitions: number[] | null
  /** Batches that hold an offset of [fromOffset, toOffset). */
  fromOffset: string | null
  toOffset: string | null
  parkedFrom: string | null
  parkedTo: string | null
  /** Text that the error holds. */
  error: string | null
}

export type ReplayRunInput = ControlRequest & {
  topic: string
  selection: BatchSelection
  /** Says what would happen, and does none of it. */
  dryRun: boolean
  maxPerMinute: number
}

/** What counting a batch would mean; `error` says why it would stay parked. */
export type PlannedBatch = {
  batchId: string
  partition: number
  incarnation: number
  from: string
  to: string
  logins: number
  rejects: number
  error: string | null
}

/** Logins that would be added to an hour. */
export type PlannedCount = {
  hour: string
  deviceType: string
  appVersion: string
  locale: string
  outcome: string
  logins: number
}

export type ReplayPlan = {
  batches: PlannedBatch[]
  logins: number
  rejects: number
  /** Batches that would fail again. */
  failing: number
  /** Time range of the logins' events; null without logins. */
  firstEventAt: string | null
  lastEventAt: string | null
  /** In order of hour; the first MAX_PLANNED_COUNTS of `countsInAll`. */
  counts: PlannedCount[]
  countsInAll: number
}

export type BatchResult = {
  batchId: string
  partition: number
  from: string
  to: string
  outcome: ReplayOutcome['outcome'] | 'failed'
  logins: number
  rejects: number
  /** Why it stays parked; empty otherwise. */
  error: string
}

export type RunState = 'planning' | 'running' | 'paused' | 'cancelled' | 'done'

export type ReplayRunStatus = Omit<ReplayRunInput, 'selection'> & {
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

export type RejectSelection = {
  reasons: RejectReason[] | null
  partitions: number[] | null
  batchIds: string[] | null
  rejectedFrom: string | null
  rejectedTo: string | null
}

export type RedriveRunInput = ControlRequest & { topic: string; selection: RejectSelection; dryRun: boolean }

export type RedriveRunStatus = Omit<RedriveRunInput, 'selection'> & {
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
