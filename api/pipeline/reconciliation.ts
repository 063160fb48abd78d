import type { LedgerSelection } from '../../db/read/reconciliation/reconciliation-ledger.ts'
import {
  LISTED_DIFFERENCES,
  reconcile,
  type ReconciledTopic,
  reconcilePage,
} from '../../db/read/reconciliation/reconciliation.ts'
import {
  type ScheduledReconciliation,
  readScheduledReconciliation,
} from '../../db/read/reconciliation/reconciliation-runs.ts'
import type { CheckpointState, PartitionSummary } from '../../domain/pipeline/reconciliation.ts'
import { EMPTY_RANGE, limits } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import {
  AnswerTooLargeError,
  InvalidArgumentError,
  InvalidRangeError,
  UnsupportedCombinationError,
} from '../context/errors.ts'
import { type Connection, decodeCursor, encodeCursor } from '../questions/connection.ts'

export type Reconciliation = Omit<ReconciledTopic, 'partitions' | 'checkpoints' | 'rest'> & {
  partitions: ReconciledPartition[]
  hasMoreDiscrepancies: boolean
  /** Of the covered batches; the end cursor is there only if earlier ones are not covered. */
  pageInfo: Connection<never>['pageInfo']
  /** Null: the schedule has not run yet. */
  schedule: ScheduledReconciliation | null
}

/** `checkpoint` is null for an earlier incarnation of the partition's log. */
export type ReconciledPartition = PartitionSummary & { checkpoint: CheckpointState | null }

/** The page of batches to reconcile; both null: the default page, or all batches of a range. */
type ReconciliationPage = { first: number | null; after: string | null }

const LIST = 'reconciliation'

/**
 * Compares the tables of the database for the batches of a selection, page by page or at once.
 * @throws {InvalidRangeError | UnsupportedCombinationError | AnswerTooLargeError | InvalidArgumentError}
 */
export async function readReconciliation(
  { read }: Pick<ApiContext, 'read'>,
  topic: string,
  selection: LedgerSelection,
  page: ReconciliationPage,
): Promise<Reconciliation> {
  const { fromOffset, toOffset, committed } = selection
  if (isEmpty(fromOffset, toOffset)) throw new InvalidRangeError(EMPTY_RANGE, 'fromOffset')
  if (isEmpty(committed.from, committed.to)) throw new InvalidRangeError(EMPTY_RANGE, 'committedAt.from')
  const found = isPaged(selection, page)
    ? await reconcilePage(read, topic, selection, checkPage(page))
    : await reconcileRange(read, topic, selection)
  const schedule = await read((session) => readScheduledReconciliation(session, topic))
  const checkpointOf = ({ partition, incarnation }: PartitionSummary) =>
    found.checkpoints.find((one) => one.partition === partition && one.incarnation === incarnation) ?? null
  return {
    ...found,
    partitions: found.partitions.map((summary) => ({ ...summary, checkpoint: checkpointOf(summary) })),
    differences: found.differences.slice(0, LISTED_DIFFERENCES),
    hasMoreDiscrepancies: found.differences.length > LISTED_DIFFERENCES,
    pageInfo: {
      hasNextPage: found.rest !== null,
      hasPreviousPage: page.after !== null,
      startCursor: null,
      endCursor: found.rest === null ? null : encodeCursor(LIST, found.rest),
    },
    schedule,
  }
}

async function reconcileRange(
  read: ApiContext['read'],
  topic: string,
  selection: LedgerSelection,
): Promise<ReconciledTopic> {
  const found = await reconcile(read, topic, selection, limits.batches)
  if (found !== 'too_many_batches') return found
  throw new AnswerTooLargeError(
    `more than the cap of ${limits.batches} batches are in this range: ask for fewer partitions, fewer offsets or a shorter ` +
      'time, or without offsets page by page, with first and after',
    { cap: limits.batches },
  )
}

/**
 * All batches are sooner or later too many for one answer, so a question without a range is answered page by
 * page.
 */
function isPaged(
  { fromOffset, toOffset, committed }: LedgerSelection,
  { first, after }: ReconciliationPage,
): boolean {
  const hasOffsets = fromOffset !== null || toOffset !== null
  const asksForPage = first !== null || after !== null
  if (hasOffsets && asksForPage)
    throw new UnsupportedCombinationError(
      'pages are in order of time and cannot be combined with offsets: leave out first and after, or the offsets',
      first === null ? 'after' : 'first',
    )
  return asksForPage || (!hasOffsets && committed.from === null && committed.to === null)
}

function checkPage({ first, after }: ReconciliationPage) {
  const size = first ?? limits.newestBatches
  if (size < 1) throw new InvalidArgumentError('first must be at least 1', 'first')
  if (size > limits.batches)
    throw new AnswerTooLargeError(
      `first: ${size} is more than the cap of ${limits.batches} batches: ask for ${limits.batches}, and for the rest by after`,
      { argument: 'first', cap: limits.batches, asked: size },
    )
  return { first: size, after: decodeCursor(LIST, 'after', after) }
}

const isEmpty = <T extends bigint | Date>(from: T | null, to: T | null): boolean =>
  from !== null && to !== null && from >= to
