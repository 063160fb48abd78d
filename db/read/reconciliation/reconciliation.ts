import {
  compareBatches,
  compareCheckpoints,
  type CheckpointState,
  type Difference,
  type LedgerEntry,
  type PartitionSummary,
  summarise,
} from '../../../domain/pipeline/reconciliation.ts'
import { bucketMs } from '../../../domain/time/bucket.ts'
import { DAY_MS, dayOf, periodStart } from '../../../domain/time/period.ts'
import { startsOf } from '../counts/counts-around.ts'
import { readMinutesKeptFrom } from '../counts/kept-minutes.ts'
import {
  compareHoursWithMinutes,
  compareWithDeltas,
  type CountsToCompare,
  readTouchedMinutes,
} from './reconciliation-counts.ts'
import type { Key } from '../keyset.ts'
import {
  isWhole,
  keyOfEntry,
  type LedgerSelection,
  readCheckpoints,
  readCommitted,
  readEvidence,
  readLedger,
  readLedgerKeys,
  readLedgerOf,
} from './reconciliation-ledger.ts'
import {
  compareHoursWithQuarters,
  compareKnownValues,
  compareMonth,
  compareSets,
} from './reconciliation-sets.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** Runs a query in the snapshot of a request, or in a transaction on the primary: one query at a time. */
export type ReadStep = <T>(query: (session: Pick<ReadSession, 'sql'>) => Promise<T>) => Promise<T>

type Reconciled = {
  batches: number
  partitions: PartitionSummary[]
  /** How many batches have login rows past retention, which can no longer be compared. */
  expired: number
  differences: Difference[]
}

export type ReconciledTopic = Reconciled & {
  checkpoints: CheckpointState[]
  /** Whether checkpoints were also compared with the sum of their ledger. */
  withTotals: boolean
  /** When the first and the last of the covered batches were written; null: none was covered. */
  committed: { from: Date; to: Date } | null
  /** The key after which the next page begins; null: there is no next page. */
  rest: Key | null
}

/** A page of the batches of a selection, latest first: `first` batches after a key. */
type LedgerPage = { first: number; after: Key | null }

/** How many differences of a kind are listed at most: a defect that makes more shows in these as well. */
export const LISTED_DIFFERENCES = 1_000

/**
 * Compares the batches of a selection with everything that was written for them. The totals of checkpoints
 * are sums over all batches, so they are compared only if the selection covers all; for long ledgers the
 * schedule does so (activities/reconcile.ts).
 */
export async function reconcile(
  read: ReadStep,
  topic: string,
  selection: LedgerSelection,
  maxBatches: number,
): Promise<ReconciledTopic | 'too_many_batches'> {
  const entries = await read(({ sql }) => readLedger(sql, topic, selection, maxBatches + 1))
  if (entries.length > maxBatches) return 'too_many_batches'
  return await reconcileCovered(read, topic, selection, entries, null)
}

/** Does the same for one page of a selection by time: the latest batches, or those before `after`. */
export async function reconcilePage(
  read: ReadStep,
  topic: string,
  selection: LedgerSelection,
  { first, after }: LedgerPage,
): Promise<ReconciledTopic> {
  // Reads one more than asked for, to know whether there is a next page.
  const keys = await read(({ sql }) => readLedgerKeys(sql, topic, selection, { limit: first + 1, after }))
  const covered = keys.slice(0, first)
  const last = covered.at(-1)
  const rest = keys.length > first && last !== undefined ? keyOfEntry(last) : null
  const ids = covered.map(({ id }) => id)
  const entries = await read(({ sql }) => readLedgerOf(sql, topic, ids))
  return await reconcileCovered(read, topic, selection, entries, { rest, isFirst: after === null })
}

async function reconcileCovered(
  read: ReadStep,
  topic: string,
  selection: LedgerSelection,
  entries: readonly LedgerEntry[],
  page: { rest: Key | null; isFirst: boolean } | null,
): Promise<ReconciledTopic> {
  const isAll = page === null || (page.isFirst && page.rest === null)
  const withTotals = isAll && isWhole(selection)
  const covered = await reconcileBatches(read, entries)
  const checkpoints = await read(({ sql }) => readCheckpoints(sql, topic, selection.partitions, withTotals))
  const committed = await read(({ sql }) =>
    readCommitted(
      sql,
      entries.map(({ id }) => id),
    ),
  )
  const differences = [...covered.differences, ...compareCheckpoints(checkpoints)]
  return { ...covered, differences, checkpoints, withTotals, committed, rest: page?.rest ?? null }
}

/**
 * Compares batches with what was written for them, and the counts of every bucket to which they add.
 * @param moreMoments moments (Unix milliseconds) whose buckets are compared as well
 */
export async function reconcileBatches(
  read: ReadStep,
  entries: readonly LedgerEntry[],
  moreMoments: readonly number[] = [],
): Promise<Reconciled> {
  const ids = entries.map(({ id }) => id)
  const { evidence, expired } = await read(({ sql }) => readEvidence(sql, ids))
  const touched = await read(({ sql }) => readTouchedMinutes(sql, ids))
  const moments = [...new Set([...touched, ...moreMoments])]
  const differences = [...compareBatches(entries, evidence), ...(await compareCounts(read, moments))]
  return { batches: entries.length, partitions: summarise(entries, evidence), expired, differences }
}

/**
 * How many days one statement compares: with thousands of values that takes a second or two. A backfill
 * touches years.
 */
const DAYS_PER_STATEMENT = 4

/**
 * Compares the counts of moments (Unix milliseconds): minutes or quarters with the deltas, hours with these,
 * months with hours, each by fewer dimensions with those by all, and their values with those that filters know. Stops once it has as many differences as
 * are listed.
 */
async function compareCounts(read: ReadStep, moments: readonly number[]): Promise<Difference[]> {
  const limit = LISTED_DIFFERENCES
  const differences: Difference[] = []
  const keptFromMs = (await read(readMinutesKeptFrom))?.getTime() ?? -Infinity
  const days = [...Map.groupBy(moments, dayOf).values()]
  for (let first = 0; first < days.length && differences.length < limit; first += DAYS_PER_STATEMENT) {
    const some = days.slice(first, first + DAYS_PER_STATEMENT).flat()
    const withMinutes = some.filter((moment) => moment >= keptFromMs)
    const rows = { starts: startsOf(some, bucketMs.day), limit }
    const withQuarters = some.filter((moment) => moment < keptFromMs)
    differences.push(
      ...(await compareFinest(read, 'minute', { moments: withMinutes, limit })),
      ...(await compareFinest(read, 'quarter', { moments: withQuarters, limit })),
      ...(await read(({ sql }) => compareSets(sql, 'hour', rows))),
      ...(await read(({ sql }) => compareKnownValues(sql, rows))),
    )
  }
  const months = new Set(moments.map((moment) => periodStart('month', dayOf(moment)) * DAY_MS))
  for (const month of months) {
    if (differences.length >= limit) break
    differences.push(...(await read(({ sql }) => compareMonth(sql, month, limit))))
  }
  return differences
}

async function compareFinest(
  read: ReadStep,
  size: 'minute' | 'quarter',
  counts: CountsToCompare,
): Promise<Difference[]> {
  if (counts.moments.length === 0) return []
  const [rowMs, compareHours] =
    size === 'minute'
      ? ([bucketMs.hour, compareHoursWithMinutes] as const)
      : ([bucketMs.day, compareHoursWithQuarters] as const)
  const rows = { starts: startsOf(counts.moments, rowMs), limit: counts.limit }
  return [
    ...(await read(({ sql }) => compareWithDeltas(sql, size, counts))),
    ...(await read(({ sql }) => compareHours(sql, counts))),
    ...(await read(({ sql }) => compareSets(sql, size, rows))),
  ]
}
