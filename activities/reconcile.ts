import {
  type Discrepancy,
  discrepanciesOfRun,
  clearDiscrepancies,
  countDiscrepancies,
  openDiscrepancies,
  type OpenDiscrepancy,
  raiseDiscrepancies,
} from '../db/ledger/discrepancies.ts'
import type { Sql, Transaction } from '../db/connection/connect.ts'
import {
  LISTED_DIFFERENCES,
  reconcileBatches,
  type ReadStep,
} from '../db/read/reconciliation/reconciliation.ts'
import { readCheckpoints, readLedgerOf } from '../db/read/reconciliation/reconciliation-ledger.ts'
import {
  type ChangePlace,
  changedBatches,
  findRun,
  nextRunStart,
  recordRun,
} from '../db/ledger/reconciliation-runs.ts'
import {
  compareCheckpoints,
  type Difference,
  type DiscrepancyKind,
  discrepancyKinds,
} from '../domain/pipeline/reconciliation.ts'

export type ReconcileRequest = {
  topic: string
  /** Repeating a run under the same id has no further effect. */
  runId: string
}

export type ReconcileSummary = {
  batches: number
  differences: number
  /** Number of discrepancies that this run raised. */
  raised: number
  /** The first of these discrepancies, in words. */
  lines: string[]
  /** Number of open discrepancies, including those of this run. */
  open: number
}

/** Their deltas, rows and counts are tens of thousands of rows, which take Postgres about a second. */
const BATCHES_PER_STEP = 500
/** A run ends within minutes even after a drain, because the next run continues where it stopped. */
const MAX_STEPS = 20
/** Open discrepancies that each run checks again, oldest first. */
const MAX_RECHECKED = 500
/** Lines per run, few enough for a log that somebody reads; the discrepancies have all differences. */
const MAX_LINES = 50

/**
 * Compares the batches that were written or changed since the last run, and everything that has an open
 * discrepancy. Records the run, raises a discrepancy for each new difference and clears those that no longer
 * hold. Each step reads one snapshot.
 * @param onStep called before each query
 */
export async function reconcileRecent(
  sql: Sql,
  { topic, runId }: ReconcileRequest,
  onStep: () => void,
): Promise<ReconcileSummary> {
  const done = await findRun(sql, runId)
  if (done !== null) return await summary(sql, topic, runId, done)
  const { now, start } = await nextRunStart(sql, topic)
  const open = await openDiscrepancies(sql, topic, discrepancyKinds, MAX_RECHECKED)
  const again = await recheck(sql, topic, open, onStep)
  const recent = await compareSince(sql, topic, start, onStep)
  const found = [...again.differences, ...recent.differences]
  const run = {
    batches: recent.batches,
    expired: recent.expired,
    differences: new Set(found.map(keyOf)).size,
  }
  const coveredTo = recent.reached?.at ?? now
  const isFound = new Set(found.map(keyOf))
  const isWell = (discrepancy: OpenDiscrepancy) =>
    again.looked(discrepancy) && !isFound.has(keyOf(discrepancy))
  await sql.begin(async (tx) => {
    await recordRun(tx, { runId, topic, startedAt: now, coveredTo, ...run })
    await clearDiscrepancies(
      tx,
      open.filter(isWell).map(({ id }) => id),
    )
    await raiseDiscrepancies(tx, topic, runId, found.map(discrepancyOf))
  })
  return await summary(sql, topic, runId, run)
}

async function summary(
  sql: Sql,
  topic: string,
  runId: string,
  { batches, differences }: { batches: number; differences: number },
): Promise<ReconcileSummary> {
  const { raised, open } = await countDiscrepancies(sql, topic, runId, discrepancyKinds)
  const first = await discrepanciesOfRun(sql, runId, MAX_LINES)
  return { batches, differences, raised, lines: first.map(inWords), open }
}

type Compared = { batches: number; expired: number; differences: Difference[] }

/** `reached` is where the next run has to continue; null if this one got to the end. */
async function compareSince(
  sql: Sql,
  topic: string,
  start: ChangePlace,
  onStep: () => void,
): Promise<Compared & { reached: ChangePlace | null }> {
  const total: Compared = { batches: 0, expired: 0, differences: [] }
  let place = start
  for (let step = 0; step < MAX_STEPS; step++) {
    const changed = await inSnapshot(sql, async (tx) => {
      const places = await changedBatches(tx, topic, place, BATCHES_PER_STEP)
      const entries = await readLedgerOf(
        tx,
        topic,
        places.map(({ id }) => id),
      )
      const found = await reconcileBatches(stepIn(tx, onStep), entries)
      total.batches += found.batches
      total.expired += found.expired
      total.differences.push(...found.differences)
      return places
    })
    place = changed.at(-1) ?? place
    if (changed.length < BATCHES_PER_STEP) return { ...total, reached: null }
  }
  return { ...total, reached: place }
}

/** Compares the checkpoints, and the batches and counts that have an open discrepancy. */
async function recheck(
  sql: Sql,
  topic: string,
  open: readonly OpenDiscrepancy[],
  onStep: () => void,
): Promise<{ differences: Difference[]; looked: (discrepancy: OpenDiscrepancy) => boolean }> {
  const details = open.map(({ detail }) => detail as DiscrepancyDetail)
  const ids = details.flatMap(({ batchId }) => (batchId === null ? [] : [BigInt(batchId)]))
  const minutes = details.flatMap(({ count }) => (count === null ? [] : [Date.parse(count.bucket)]))
  return await inSnapshot(sql, async (tx) => {
    const checkpoints = compareCheckpoints(await readCheckpoints(tx, topic, null, true))
    const entries = await readLedgerOf(tx, topic, ids)
    const { differences } = await reconcileBatches(stepIn(tx, onStep), entries, minutes)
    const present = new Set(entries.map(({ id }) => String(id)))
    const looked = ({ detail }: OpenDiscrepancy) => {
      const { batchId } = detail as DiscrepancyDetail
      // Neither a batch that is gone from the ledger nor a list that was cut is a reason to clear a discrepancy.
      const isListed = differences.length < LISTED_DIFFERENCES
      return isListed && (batchId === null || present.has(batchId))
    }
    return { differences: [...checkpoints, ...differences], looked }
  })
}

const inSnapshot = <T>(sql: Sql, work: (tx: Transaction) => Promise<T>) =>
  sql.begin('isolation level repeatable read read only', work)

const stepIn =
  (tx: Transaction, onStep: () => void): ReadStep =>
  (query) => {
    onStep()
    return query({ sql: tx })
  }

/** The detail of a discrepancy as it comes back from JSON. */
type DiscrepancyDetail = {
  batchId: string | null
  count: { bucket: string } | null
  expected: string
  found: string
}

const discrepancyOf = ({
  kind,
  partition,
  subject,
  batchId,
  count,
  expected,
  found,
}: Difference): Discrepancy => ({
  kind,
  partition,
  subject,
  detail: {
    batchId: batchId === null ? null : String(batchId),
    count,
    expected: String(expected),
    found: String(found),
  },
})

const keyOf = ({ kind, subject }: { kind: string; subject: string }) => `${kind} ${subject}`

const words: Record<DiscrepancyKind, string> = {
  ledger_hole: 'the ledger has a hole',
  ledger_overlap: 'the ledger has offsets twice',
  batch_offsets: 'offsets are not all accounted for',
  batch_logins: 'logins differ from the deltas',
  batch_login_rows: 'login rows are missing or too many',
  batch_rejects: 'rejects differ from the records kept',
  minute_count: 'a count differs from the deltas',
  quarter_count: 'a count differs from the deltas',
  hour_count: 'a count differs from its minutes or quarters',
  month_count: 'a count differs from its hours',
  grouped_count: 'a count by fewer dimensions differs from those by all',
  known_value: 'a value that is counted is unknown to filters',
  checkpoint_offset: 'it is not where the ledger ends',
  checkpoint_logins: 'its logins differ from the ledger',
  checkpoint_rejects: 'its rejects differ from the ledger',
  audit_chain: 'the audit chain is broken',
}

function inWords({ kind, subject, detail }: OpenDiscrepancy): string {
  const { expected, found } = detail as DiscrepancyDetail
  return `${subject}: ${words[kind as DiscrepancyKind]}: expected ${expected}, found ${found}`
}
