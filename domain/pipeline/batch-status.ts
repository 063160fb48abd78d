/**
 * What became of a range of offsets, as the ledger says.
 * - committed: its logins are counted
 * - parked: set aside, not counted until it is replayed or skipped
 * - replayed: was parked, and is counted by now
 * - skipped: was parked, and is given up
 */
export type BatchStatus = 'committed' | 'parked' | 'replayed' | 'skipped'
