import type { CommandAuthor } from '../access/command-author.ts'
import type { ParkedBatch } from './parked-batch.ts'

/**
 * What became of a parked batch by this attempt or an earlier one. `published` means that the batch was
 * counted before and that its outputs were withheld until now.
 */
export type ReplayOutcome = {
  outcome: 'replayed' | 'published' | 'already_applied' | 'skipped'
  /** Logins of the batch that are counted now. */
  logins: number
  rejects: number
}

/** An attempt to replay a parked batch; `ok: false` says why the batch stays parked. */
export type ReplayAttempt = { ok: true; outcome: ReplayOutcome } | { ok: false; error: string }

/** What became of one batch in a run over many. */
export type BatchResult = {
  batchId: string
  partition: number
  from: string
  to: string
  outcome: ReplayOutcome['outcome'] | 'failed'
  logins: number
  rejects: number
  /** Why the batch stays parked; empty otherwise. */
  error: string
}

/**
 * A replay that a run requests for whoever started it; a run that an older version started leaves out its author.
 */
export type ReplayRequest = { batch: ParkedBatch; commandId: string; author?: CommandAuthor; reason: string }
