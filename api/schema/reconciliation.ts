import type { CheckpointState } from '../../domain/reconciliation.ts'
import type { RejectReason } from '../../domain/login.ts'
import { builder } from '../builder.ts'
import { EXPENSIVE_COMPLEXITY } from '../limit-expensive.ts'
import { caps } from '../caps.ts'
import { InvalidRangeError, TooManyBatchesError } from '../errors.ts'
import {
  readReconciliation,
  type ReconciledPartition as ReconciledPartitionShape,
  type Reconciliation as ReconciliationShape,
} from '../reconciliation.ts'
import { DifferenceType } from './difference.ts'
import { RejectReasonEnum } from './pipeline-enums.ts'
import { freshnessField } from './freshness.ts'
import { TimeRangeInput, timeRange } from './time-range.ts'

const ReasonCount = builder
  .objectRef<[reason: RejectReason, rejects: bigint]>('RejectReasonCount')
  .implement({
    description: 'Rejects for one reason.',
    fields: (t) => ({
      reason: t.field({
        type: RejectReasonEnum,
        description: 'Why they are no logins.',
        resolve: ([reason]) => reason,
      }),
      rejects: t.field({
        type: 'BigInt',
        description: 'Records that are kept for it.',
        resolve: ([, rejects]) => rejects,
      }),
    }),
  })

const LedgerEnd = builder.objectRef<CheckpointState>('CheckpointAndLedger').implement({
  description: 'The checkpoint of a partition beside the end of its ledger.',
  fields: (t) => ({
    checkpoint: t.expose('nextOffset', {
      type: 'Offset',
      description: 'Every offset below it is decided, says the checkpoint.',
    }),
    ledgerEnd: t.expose('ledgerEnd', {
      type: 'Offset',
      nullable: true,
      description: 'End of the last batch; null before the first one.',
    }),
    equal: t.boolean({
      description: 'Whether they are the same offset.',
      resolve: ({ nextOffset, ledgerEnd }) => ledgerEnd === null || ledgerEnd === nextOffset,
    }),
  }),
})

const ReconciledPartition = builder.objectRef<ReconciledPartitionShape>('ReconciledPartition').implement({
  description:
    'What became of the offsets of one partition: offsets = logins + rejects + gaps + parked + skipped.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    incarnation: t.exposeInt('incarnation', {
      description:
        'Which log the offsets are of: raised when an operator accepted a truncated or re-created topic.',
    }),
    fromOffset: t.expose('from', {
      type: 'Offset',
      description: 'First offset that is covered; batches are covered whole.',
    }),
    toOffset: t.expose('to', {
      type: 'Offset',
      description: 'End of the offsets that are covered, itself not in them.',
    }),
    batches: t.exposeInt('batches', { description: 'Batches that are covered.' }),
    offsets: t.expose('offsets', { type: 'BigInt', description: 'Offsets that these batches have read.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Offsets that are counted as logins.' }),
    rejects: t.expose('rejects', { type: 'BigInt', description: 'Offsets that are rejected.' }),
    rejectsByReason: t.field({
      type: [ReasonCount],
      description: 'The rejected records that are kept, by reason.',
      resolve: ({ rejectsByReason }) => [...rejectsByReason].sort(([a], [b]) => (a < b ? -1 : 1)),
    }),
    redriven: t.expose('redriven', {
      type: 'BigInt',
      description: 'Logins among them that were rejects once and were redriven.',
    }),
    gaps: t.expose('gaps', {
      type: 'BigInt',
      description: 'Offsets without a record: transaction markers, aborted or compacted records.',
    }),
    parked: t.expose('parked', { type: 'BigInt', description: 'Offsets of parked batches.' }),
    skipped: t.expose('skipped', {
      type: 'BigInt',
      description: 'Offsets that were given up, or lost before they were read.',
    }),
    ledger: t.expose('checkpoint', {
      type: LedgerEnd,
      nullable: true,
      description: 'Checkpoint and ledger, wherever the covered offsets end; null for a log of the past.',
    }),
  }),
})

const Reconciliation = builder.objectRef<ReconciliationShape>('Reconciliation').implement({
  description: 'The tables of the database compared with each other, in one snapshot.',
  fields: (t) => ({
    agrees: t.boolean({
      description:
        'Whether everything that was compared says the same; see totalsCompared and expiredBatches.',
      resolve: ({ differences }) => differences.length === 0,
    }),
    batches: t.exposeInt('batches', { description: 'Batches that are covered.' }),
    partitions: t.expose('partitions', {
      type: [ReconciledPartition],
      description: 'What is covered of each partition and each of its logs, in order.',
    }),
    differences: t.expose('differences', {
      type: [DifferenceType],
      description: 'What differs, of the covered batches and of the buckets that they count into.',
    }),
    isListCut: t.exposeBoolean('isListCut', {
      description: 'Whether there are more differences than are listed.',
    }),
    expiredBatches: t.exposeInt('expired', {
      description:
        'Batches whose login rows could not be compared, because some of their days are past retention.',
    }),
    totalsCompared: t.exposeBoolean('withTotals', {
      description:
        'Whether the logins and rejects of checkpoints were compared with the sum over all batches: only when all are asked ' +
        'for, by neither offsets nor time. Each run of the schedule does it, and a difference is an alert.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('reconciliation', (t) =>
  t.field({
    type: Reconciliation,
    nullable: true,
    errors: {
      types: [InvalidRangeError, TooManyBatchesError],
      union: { description: 'A reconciliation, or why not.' },
    },
    description:
      'Accounts for every offset that was read, and compares the ledger with counts, deltas, rows, rejects and ' +
      `checkpoints. Conditions hold together; at most ${caps.batches} batches.`,
    // A request asks once and not in many aliases: it adds up thousands of batches.
    complexity: EXPENSIVE_COMPLEXITY,
    extensions: { expensive: true },
    args: {
      topic: t.arg.string({ description: 'Topic of the batches; left out: the one that is counted.' }),
      partitions: t.arg.intList({ description: 'Only these partitions; left out: all.' }),
      fromOffset: t.arg({
        type: 'Offset',
        description: 'With toOffset: batches that hold an offset of [fromOffset, toOffset).',
      }),
      toOffset: t.arg({ type: 'Offset', description: 'End of the offsets, itself not in them.' }),
      committed: t.arg({ type: TimeRangeInput, description: 'When the batches were first written.' }),
    },
    resolve: (_, args, context) =>
      readReconciliation(context, args.topic ?? context.topic, {
        partitions: args.partitions ?? null,
        fromOffset: args.fromOffset ?? null,
        toOffset: args.toOffset ?? null,
        committed: timeRange(args.committed),
      }),
  }),
)
