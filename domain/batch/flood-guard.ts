/**
 * What a partition remembers of its latest records, in its checkpoint row: a producer that changed its schema shows as
 * a flood of rejects, a defect as batches parked one after the other. Both should stop the partition, not fill tables.
 */
export type FloodGuard = {
  /** Records and rejects of the window that is being filled. */
  records: number
  rejects: number
  /** Parts parked since a fetched range was last committed whole. */
  parkedInARow: number
  /** An operator let the flood through: nothing is held up until a whole window was calm. */
  isOff: boolean
}

export type FloodLimits = {
  /** Records of a window; windows follow each other. */
  windowRecords: number
  /** Of a window that may be rejects, in percent; 100 lets everything pass. */
  rejectPercent: number
  parkedInARow: number
}

export const calmGuard = (): FloodGuard => ({ records: 0, rejects: 0, parkedInARow: 0, isOff: false })

/**
 * The guard after some more records, and why they must not be written, if so. A window is judged as soon as its rejects
 * are more than it may have, so a slow partition is stopped as well before the window is full.
 * @param isWhole the records are a fetched range, of which nothing had to be parked
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
        ? `${seen.rejects} of the latest ${seen.records} records are no logins, more than ${rejectPercent} % of ` +
          `${Math.max(windowRecords, seen.records)}: has a producer changed its messages? None of the batch in hand was written`
        : null,
  }
}

/** The guard after one more part had to be parked, and why it must not be, if so. */
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
