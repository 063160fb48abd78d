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
import { compareHoursWithQuarters, compareMonth, compareSets } from './reconciliation-sets.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

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
  /** When the first and the last covered batch were written; null: none is covered. */
  committed: { from: Date; to: Date } | null
  /** After which the batches come that a page of the ledger left out; null: it left out none, or is no page. */
  rest: Key | null
}

/** Which of the batches of a selection, latest first. */
export type LedgerPage = { first: number; after: Key | null }

/** Differences of a kind that are indexed; a defect that makes more is seen in these as well. */
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
  return await reconcileCovered(read, topic, selection, entries, null)
}

/** The same for a page of the ledger: the latest batches of a selection by time, or those before them. */
export async function reconcilePage(
  read: ReadStep,
  topic: string,
  selection: LedgerSelection,
  { first, after }: LedgerPage,
): Promise<ReconciledTopic> {
  // One more than asked for tells whether there are others.
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
 * Batches, and the counts of every bucket that they touch.
 * @param moreMoments in buckets to look at besides, Unix milliseconds
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

/** What one statement compares: a second or two of Postgres each where thousands of values are counted. A backfill touches years. */
const DAYS_PER_STATEMENT = 4

/**
 * Counts around moments (Unix milliseconds): the finest that are kept there against the deltas, hours against those, months against
 * hours, and each by fewer dimensions. Ends early with more differences than are indexed.
 */
async function compareCounts(read: ReadStep, moments: readonly number[]): Promise<Difference[]> {
  const limit = LISTED_DIFFERENCES
  const differences: Difference[] = []
  const keptFromMs = (await read(readMinutesKeptFrom))?.getTime() ?? -Infinity
  const days = [...Map.groupBy(moments, dayOf).values()]
  for (let first = 0; first < days.length && differences.length < limit; first += DAYS_PER_STATEMENT) {
    const some = days.slice(first, first + DAYS_PER_STATEMENT).flat()
    const withMinutes = some.filter((moment) => moment >= keptFromMs)
    const withQuarters = some.filter((moment) => moment < keptFromMs)
    differences.push(
      ...(await compareFinest(read, 'minute', { moments: withMinutes, limit })),
      ...(await compareFinest(read, 'quarter', { moments: withQuarters, limit })),
      ...(await read(({ sql }) => compareSets(sql, 'hour', { starts: startsOf(some, bucketMs.day), limit }))),
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
