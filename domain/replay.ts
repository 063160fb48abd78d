/** What became of a parked batch, by this attempt or by an earlier one. */
export type ReplayOutcome = {
  outcome: 'replayed' | 'already_applied' | 'skipped'
  /** Of the batch, as they are counted now. */
  logins: number
  rejects: number
}

/** An attempt at a parked batch; `ok: false` says why it stays parked. */
export type ReplayAttempt = { ok: true; outcome: ReplayOutcome } | { ok: false; error: string }
