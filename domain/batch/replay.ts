import type { ParkedBatch } from './parked-batch.ts'

/** What became of a parked batch, by this attempt or by an earlier one; `published`: it was counted, and its outputs were withheld. */
export type ReplayOutcome = {
  outcome: 'replayed' | 'published' | 'already_applied' | 'skipped'
  /** Of the batch, as they are counted now. */
  logins: number
  rejects: number
}

/** An attempt at a parked batch; `ok: false` says why it stays parked. */
export type ReplayAttempt = { ok: true; outcome: ReplayOutcome } | { ok: false; error: string }

/** A batch of a run of many, as it went. */
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

/** A replay that another workflow asks for. */
export type ReplayRequest = { batch: ParkedBatch; commandId: string; actor: string; reason: string }
