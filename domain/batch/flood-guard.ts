/**
 * What the checkpoint row of a partition remembers of its latest records. If a producer changes its schema,
 * rejects come in a flood; if Rollcall has a defect, batches are parked one after the other. Both should halt
 * the partition instead of filling tables.
 */
export type FloodGuard = {
  /** Records and rejects of the current window. */
  records: number
  rejects: number
  /** Parts of batches parked since a fetched range was last committed whole. */
  parkedInARow: number
  /** An operator let the flood through: the guard halts nothing until a whole window is without a flood. */
  isOff: boolean
}

type FloodLimits = {
  /** Records per window. Windows follow each other. */
  windowRecords: number
  /** Percentage of a window's records that may be rejects; 100 lets everything pass. */
  rejectPercent: number
  parkedInARow: number
}

export const initialGuard = (): FloodGuard => ({ records: 0, rejects: 0, parkedInARow: 0, isOff: false })

/**
 * Counts some more records. Returns the next guard and, if the records must not be written, the reason as
 * `flood`. The guard judges a window as soon as its rejects are more than a full window may have, so that it
 * halts a slow partition before the window is full.
 * @param isWhole whether the records are a whole fetched range, of which no part was parked
 */
export function watchRecords(
  guard: FloodGuard,
  { records, rejects, isWhole }: { records: number; rejects: number; isWhole: boolean },
  { windowRecords, rejectPercent }: FloodLimits,
): { guard: FloodGuard; flood: string | null } {
  const seen = { records: guard.records + records, rejects: guard.rejects + rejects }
  const allowed = (Math.max(windowRecords, seen.records) * rejectPercent) / 100
  const isFlood = seen.rejects > allowed
  const isFull = seen.records >= windowRecords
  return {
    guard: {
      ...(isFull ? { records: 0, rejects: 0 } : seen),
      parkedInARow: isWhole ? 0 : guard.parkedInARow,
      isOff: guard.isOff && !(isFull && !isFlood),
    },
    flood:
      isFlood && !guard.isOff
        ? `${seen.rejects} of the latest ${seen.records} records are not logins, more than ${rejectPercent} % of ` +
          `${Math.max(windowRecords, seen.records)}: has a producer changed its messages? Nothing of the current batch was written`
        : null,
  }
}

/**
 * Counts one more part that has to be parked. Returns the next guard and, if the part must not be parked, the
 * reason as `flood`.
 */
export function watchParked(
  guard: FloodGuard,
  { parkedInARow }: FloodLimits,
): { guard: FloodGuard; flood: string | null } {
  const inARow = guard.parkedInARow + 1
  return {
    guard: { ...guard, parkedInARow: inARow },
    flood:
      inARow > parkedInARow && !guard.isOff
        ? `${inARow} parts of batches failed in a row, more than ${parkedInARow}`
        : null,
  }
}
