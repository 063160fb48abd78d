import type { UnknownOutcomes } from '../../domain/batch/unknown-outcomes.ts'

/** The value of `unknown_outcomes` in batch and batch_revision; null: all were understood. */
export const unknownOutcomesJson = (outcomes: UnknownOutcomes): string | null =>
  outcomes.length === 0 ? null : JSON.stringify(outcomes)
