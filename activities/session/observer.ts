import type { FailureClass, Dependency } from '../../domain/pipeline/failure.ts'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import type { SliceReport } from '../../domain/batch/slice-report.ts'

export type Failure = { failureClass: FailureClass; part: Dependency }

/** Is told what the activities of a process do, so that it can be measured. Its functions never throw. */
export type Observer = {
  sliceBegan: (partition: number) => void
  sliceEnded: (partition: number, outcome: SliceReport['outcome'], failure: Failure | null) => void
  /** Durations in milliseconds. */
  batchCommitted: (batch: DecidedBatch, durations: { decideMs: number; commitMs: number }) => void
  batchPublished: (publishMs: number) => void
  batchParked: (partition: number) => void
  /** @param failure null: it is done */
  replayed: (failure: Failure | null) => void
}

/** Measures nothing. */
export const unobserved: Observer = {
  sliceBegan: () => undefined,
  sliceEnded: () => undefined,
  batchCommitted: () => undefined,
  batchPublished: () => undefined,
  batchParked: () => undefined,
  replayed: () => undefined,
}
