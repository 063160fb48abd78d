import {
  compareBatches,
  compareCheckpoints,
  type CheckpointState,
  type Difference,
  type LedgerEntry,
  type PartitionSummary,
  summarise,
} from '../../domain/reconciliation.ts'
import { compareHours, compareMinutes, readTouchedMinutes } from './reconciliation-counts.ts'
import {
  isWhole,
  type LedgerSelection,
  readCheckpoints,
  readEvidence,
  readLedger,
} from './reconciliation-ledger.ts'
import { compareSets } from './reconciliation-sets.ts'
import type { ReadSession } from './snapshot.ts'

/** Runs one query after the other in one snapshot: a request's reader, or a transaction on the primary. */
export type ReadStep = <T>(query: (session: Pick<ReadSession, 'sql'>) => Promise<T>) => Promise<T>

export type Reconciled = {
  batches: number
  partitions: PartitionSummary[]
  /** Batches with login rows that are past retention, so that nobody can count them any more. */
  expired: number
  differences: Difference[]
}

export type ReconciledTopic = Reconciled & {
  checkpoints: CheckpointState[]
  /** Whether checkpoints were compared with the sum of their ledger, too. */
  withTotals: boolean
}

/** Differences of a kind that are listed; a defect that makes more is seen in these as well. */
export const LISTED_DIFFERENCES = 1_000

/**
 * What was covered of a topic, and every difference found in it. What checkpoints have counted is a sum over all batches, so
 * it is compared when all are covered; for long ledgers the schedule does it (activities/reconcile.ts).
 */
export async function reconcile(
  read: ReadStep,
  topic: string,
  selection: LedgerSelection,
  maxBatches: number,
): Promise<ReconciledTopic | 'too_many_batches'> {
  const entries = await read(({ sql }) => readLedger(sql, topic, selection, maxBatches + 1))
  if (entries.length > maxBatches) return 'too_many_batches'
  const { partitions } = selection
  const withTotals = isWhole(selection)
  const covered = await reconcileBatches(read, entries)
  const checkpoints = await read(({ sql }) => readCheckpoints(sql, topic, partitions, withTotals))
  const differences = [...covered.differences, ...compareCheckpoints(checkpoints)]
  return { ...covered, differences, checkpoints, withTotals }
}

/**
 * Batches, and the counts of every bucket that they touch.
 * @param moreMinutes buckets to look at besides, Unix milliseconds
 */
export async function reconcileBatches(
  read: ReadStep,
  entries: readonly LedgerEntry[],
  moreMinutes: readonly number[] = [],
): Promise<Reconciled> {
  const ids = entries.map(({ id }) => id)
  const { evidence, expired } = await read(({ sql }) => readEvidence(sql, ids))
  const touched = await read(({ sql }) => readTouchedMinutes(sql, ids))
  const minutes = [...new Set([...touched, ...moreMinutes])]
  const differences = compareBatches(entries, evidence)
  if (minutes.length > 0) {
    const counts = { minutes, limit: LISTED_DIFFERENCES }
    differences.push(
      ...(await read(({ sql }) => compareMinutes(sql, counts))),
      ...(await read(({ sql }) => compareHours(sql, counts))),
      ...(await read(({ sql }) => compareSets(sql, 'minute', counts))),
      ...(await read(({ sql }) => compareSets(sql, 'hour', counts))),
    )
  }
  return { batches: entries.length, partitions: summarise(entries, evidence), expired, differences }
}
