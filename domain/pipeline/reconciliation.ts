import type { CountSize } from '../counts/counts.ts'
import type { DimensionField } from '../counts/dimensions.ts'
import type { RejectReason } from '../login/login.ts'
import type { BatchStatus } from './batch-status.ts'

/**
 * A batch in the ledger. `previousTo` and `nextFrom` are the edges of the ranges beside it in its partition
 * and incarnation; null if there is no such range.
 */
export type LedgerEntry = {
  id: bigint
  partition: number
  incarnation: number
  from: bigint
  to: bigint
  status: BatchStatus
  logins: number
  rejects: number
  gaps: number
  loginRows: number
  previousTo: bigint | null
  nextFrom: bigint | null
}

/** What other tables hold of a batch. */
export type BatchEvidence = {
  /** Sum of the batch's deltas. */
  deltaLogins: bigint
  /** Number of its rows in `login`; null if some of its days are past retention. */
  loginRows: bigint | null
  /** Its rows in `rejected_login`, counted. */
  rejects: { reason: RejectReason; redriven: boolean; rejects: bigint }[]
}

export type CheckpointState = {
  partition: number
  incarnation: number
  nextOffset: bigint
  logins: bigint
  rejects: bigint
  /** End of the incarnation's last batch; null before the first one. */
  ledgerEnd: bigint | null
  /** Sums over all batches of the partition; null if they were not added up. */
  ledgerLogins: bigint | null
  ledgerRejects: bigint | null
}

/** What reconciliation compares. */
export const discrepancyKinds = [
  'ledger_hole',
  'ledger_overlap',
  'batch_offsets',
  'batch_logins',
  'batch_login_rows',
  'batch_rejects',
  'minute_count',
  'quarter_count',
  'hour_count',
  'month_count',
  'grouped_count',
  'known_value',
  'checkpoint_offset',
  'checkpoint_logins',
  'checkpoint_rejects',
] as const
/** The chain of the audit is checked by itself (activities/audit.ts). */
export type DiscrepancyKind = (typeof discrepancyKinds)[number] | 'audit_chain'

/** A dimension that is null covers all values. */
export type CountPlace = { size: CountSize; bucket: Date } & Record<DimensionField, string | null>

/** Two tables that should agree and do not. */
export type Difference = {
  kind: DiscrepancyKind
  /** Null for a count, which covers all partitions. */
  partition: number | null
  /** Null if the difference is not about one batch. */
  batchId: bigint | null
  /** Null if the difference is not about a count. */
  count: CountPlace | null
  /** Identifies the difference; stays the same when its numbers change. */
  subject: string
  expected: bigint
  found: bigint
}

/** What became of the offsets of one partition, over the batches that were compared. */
export type PartitionSummary = {
  partition: number
  incarnation: number
  from: bigint
  to: bigint
  batches: number
  offsets: bigint
  logins: bigint
  rejects: bigint
  rejectsByReason: Map<RejectReason, bigint>
  redriven: bigint
  parked: bigint
  skipped: bigint
  gaps: bigint
}

/** Compares batches with each other and with their deltas, rows and rejects. */
export function compareBatches(
  entries: readonly LedgerEntry[],
  evidence: ReadonlyMap<bigint, BatchEvidence>,
): Difference[] {
  return [...compareNeighbours(entries), ...entries.flatMap((entry) => compareBatch(entry, evidence))]
}

function compareBatch(
  entry: LedgerEntry,
  evidence: ReadonlyMap<bigint, BatchEvidence>,
): readonly Difference[] {
  const { deltaLogins, loginRows, rejects } = evidence.get(entry.id) ?? noEvidence
  const isCounted = entry.status === 'committed' || entry.status === 'replayed'
  const means = BigInt(entry.logins + entry.rejects + entry.gaps)
  return [
    ...batchDifference('batch_offsets', entry, isCounted ? entry.to - entry.from : 0n, means),
    ...batchDifference('batch_logins', entry, BigInt(entry.logins), deltaLogins),
    ...batchDifference('batch_login_rows', entry, BigInt(entry.loginRows), loginRows),
    ...batchDifference('batch_rejects', entry, BigInt(entry.rejects), sumOf(rejects, false)),
  ]
}

const noEvidence: BatchEvidence = { deltaLogins: 0n, loginRows: 0n, rejects: [] }

function batchDifference(
  kind: DiscrepancyKind,
  { id, partition }: LedgerEntry,
  expected: bigint,
  found: bigint | null,
): Difference[] {
  if (found === null || found === expected) return []
  return [{ kind, partition, batchId: id, count: null, subject: `batch ${id}`, expected, found }]
}

/** Checks that each range starts where the one before it ends. */
function compareNeighbours(entries: readonly LedgerEntry[]): Difference[] {
  const found = new Map<string, Difference>()
  const compare = ({ id, partition, incarnation }: LedgerEntry, end: bigint, start: bigint) => {
    if (end === start) return
    const kind = end < start ? 'ledger_hole' : 'ledger_overlap'
    const [from, to] = end < start ? [end, start] : [start, end]
    const subject = `offsets ${from} to ${to - 1n} of partition ${partition}, incarnation ${incarnation}`
    found.set(subject, { kind, partition, batchId: id, count: null, subject, expected: end, found: start })
  }
  for (const entry of entries) {
    // The later entry overwrites this one, so that a hole between two compared batches is named by the
    // second.
    if (entry.nextFrom !== null) compare(entry, entry.to, entry.nextFrom)
    if (entry.previousTo !== null) compare(entry, entry.previousTo, entry.from)
  }
  return [...found.values()]
}

/** Compares checkpoints with the sums of their ledgers. */
export function compareCheckpoints(checkpoints: readonly CheckpointState[]): Difference[] {
  return checkpoints.flatMap((one) => [
    ...checkpointDifference('checkpoint_offset', one, one.ledgerEnd ?? one.nextOffset, one.nextOffset),
    ...checkpointDifference('checkpoint_logins', one, one.ledgerLogins, one.logins),
    ...checkpointDifference('checkpoint_rejects', one, one.ledgerRejects, one.rejects),
  ])
}

function checkpointDifference(
  kind: DiscrepancyKind,
  { partition }: CheckpointState,
  expected: bigint | null,
  found: bigint,
): Difference[] {
  if (expected === null || expected === found) return []
  const subject = `checkpoint of partition ${partition}`
  return [{ kind, partition, batchId: null, count: null, subject, expected, found }]
}

/** Adds up batches by partition and incarnation, in order of both. */
export function summarise(
  entries: readonly LedgerEntry[],
  evidence: ReadonlyMap<bigint, BatchEvidence>,
): PartitionSummary[] {
  const summaries = new Map<string, PartitionSummary>()
  for (const entry of entries) {
    const key = `${entry.partition}/${entry.incarnation}`
    const summary = summaries.get(key) ?? emptySummary(entry)
    summaries.set(key, summary)
    addEntry(summary, entry, evidence.get(entry.id) ?? noEvidence)
  }
  return [...summaries.values()].sort((a, b) => a.partition - b.partition || a.incarnation - b.incarnation)
}

function addEntry(summary: PartitionSummary, entry: LedgerEntry, { rejects }: BatchEvidence): void {
  const offsets = entry.to - entry.from
  if (entry.from < summary.from) summary.from = entry.from
  if (entry.to > summary.to) summary.to = entry.to
  summary.batches++
  summary.offsets += offsets
  summary.logins += BigInt(entry.logins)
  summary.rejects += BigInt(entry.rejects)
  summary.gaps += BigInt(entry.gaps)
  if (entry.status === 'parked') summary.parked += offsets
  if (entry.status === 'skipped') summary.skipped += offsets
  summary.redriven += sumOf(rejects, true)
  for (const { reason, redriven, rejects: count } of rejects) {
    if (redriven) continue
    summary.rejectsByReason.set(reason, (summary.rejectsByReason.get(reason) ?? 0n) + count)
  }
}

const emptySummary = ({ partition, incarnation, from, to }: LedgerEntry): PartitionSummary => ({
  partition,
  incarnation,
  from,
  to,
  batches: 0,
  offsets: 0n,
  logins: 0n,
  rejects: 0n,
  rejectsByReason: new Map(),
  redriven: 0n,
  parked: 0n,
  skipped: 0n,
  gaps: 0n,
})

const sumOf = (rejects: BatchEvidence['rejects'], redriven: boolean): bigint =>
  rejects.reduce((sum, one) => (one.redriven === redriven ? sum + one.rejects : sum), 0n)
