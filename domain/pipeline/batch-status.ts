/**
 * What became of a range of offsets, according to the ledger:
 * - committed: its logins are counted
 * - parked: it is set aside and not counted until it is replayed or skipped
 * - replayed: it was parked and is counted now
 * - skipped: it was parked and is given up
 */
export type BatchStatus = 'committed' | 'parked' | 'replayed' | 'skipped'
