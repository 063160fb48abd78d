import type { LedgerSelection } from '../db/read/reconciliation-ledger.ts'
import { LISTED_DIFFERENCES, reconcile, type ReconciledTopic } from '../db/read/reconciliation.ts'
import type { CheckpointState, PartitionSummary } from '../domain/reconciliation.ts'
import { caps } from './caps.ts'
import type { ApiContext } from './context.ts'
import { InvalidRangeError, TooManyBatchesError } from './errors.ts'

export type Reconciliation = Omit<ReconciledTopic, 'partitions' | 'checkpoints'> & {
  partitions: ReconciledPartition[]
  isListCut: boolean
}

/** `checkpoint` null: of the incarnation before. */
export type ReconciledPartition = PartitionSummary & { checkpoint: CheckpointState | null }

/** @throws {InvalidRangeError | TooManyBatchesError} */
export async function readReconciliation(
  { read }: ApiContext,
  topic: string,
  selection: LedgerSelection,
): Promise<Reconciliation> {
  const { fromOffset, toOffset, committed } = selection
  if (isEmpty(fromOffset, toOffset) || isEmpty(committed.from, committed.to))
    throw new InvalidRangeError('from must be before to; a range holds from and leaves out to')
  const found = await reconcile(read, topic, selection, caps.batches)
  if (found === 'too_many_batches') {
    throw new TooManyBatchesError(
      `more than the cap of ${caps.batches} batches are in this range: ask for fewer partitions, fewer offsets or a shorter time`,
      caps.batches,
    )
  }
  const checkpointOf = ({ partition, incarnation }: PartitionSummary) =>
    found.checkpoints.find((one) => one.partition === partition && one.incarnation === incarnation) ?? null
  return {
    ...found,
    partitions: found.partitions.map((summary) => ({ ...summary, checkpoint: checkpointOf(summary) })),
    differences: found.differences.slice(0, LISTED_DIFFERENCES),
    isListCut: found.differences.length > LISTED_DIFFERENCES,
  }
}

const isEmpty = <T extends bigint | Date>(from: T | null, to: T | null): boolean =>
  from !== null && to !== null && from >= to
