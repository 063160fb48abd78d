import { asFailure } from '../pipeline/failure.ts'

/** How far a slice has come. Its heartbeats carry the same. */
export type SliceProgress = {
  /** Next offset to read, decimal; null until the slice has read the checkpoint. */
  nextOffset: string | null
  /** Number of unread offsets; null until the first fetch. */
  lag: number | null
  logins: number
  rejects: number
  batches: number
  /** Number of parts of batches that had to be parked. */
  parked: number
}

/**
 * How a slice ended:
 * - ended: its time was up
 * - stopped: it was told to stop, by a pause or because its worker shuts down
 * - waiting: Kafka, Postgres or Temporal is away
 * - fenced: another worker has the partition
 * - failed: Rollcall's own code failed; the partition halts if that repeats
 * - halted: going on would lose or miscount data
 */
type SliceOutcome = 'ended' | 'stopped' | 'waiting' | 'fenced' | 'failed' | 'halted'

export type SliceReport = SliceProgress & { outcome: SliceOutcome; reason: string }

export const noProgress = (): SliceProgress => ({
  nextOffset: null,
  lag: null,
  logins: 0,
  rejects: 0,
  batches: 0,
  parked: 0,
})

/** Translates a failure into the end of a slice. */
export function failureReport(progress: SliceProgress, error: unknown): SliceReport {
  const failure = asFailure(error)
  const outcome = (
    {
      transient: 'waiting',
      fenced: 'fenced',
      defect: 'failed',
      permanent: 'halted',
      data_loss: 'halted',
      flood: 'halted',
    } as const
  )[failure.failureClass]
  return { ...progress, outcome, reason: failure.message }
}
