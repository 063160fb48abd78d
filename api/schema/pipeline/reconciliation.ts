import type { CheckpointState } from '../../../domain/pipeline/reconciliation.ts'
import { builder } from '../builder.ts'
import { limits } from '../../context/limits.ts'
import { needs } from '../../context/permission.ts'
import type { ScheduledReconciliation } from '../../../db/read/reconciliation/reconciliation-runs.ts'
import {
  readReconciliation,
  type ReconciledPartition as ReconciledPartitionShape,
  type Reconciliation as ReconciliationShape,
} from '../../pipeline/reconciliation.ts'
import { FoundDiscrepancy } from './found-discrepancy.ts'
import { RejectReasonCount } from '../fields/reject-reason-count.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const LedgerEnd = builder.objectRef<CheckpointState>('CheckpointAndLedger').implement({
  extensions: needs('reconciliation'),
  description: 'The checkpoint of a partition beside the end of its ledger.',
  fields: (t) => ({
    checkpoint: t.expose('nextOffset', {
      type: 'Offset',
      description: 'Next offset of the checkpoint: every offset below it is decided.',
    }),
    ledgerEnd: t.expose('ledgerEnd', {
      type: 'Offset',
      nullable: true,
      description: 'End of the last batch; null before the first one.',
    }),
    isEqual: t.boolean({
      description: 'Whether they are the same offset.',
      resolve: ({ nextOffset, ledgerEnd }) => ledgerEnd === null || ledgerEnd === nextOffset,
    }),
  }),
})

const ReconciledPartition = builder.objectRef<ReconciledPartitionShape>('ReconciledPartition').implement({
  extensions: needs('reconciliation'),
  description:
    'What became of the offsets of one partition: offsets = attempts + rejects + gaps + parkedOffsets + skippedOffsets.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    incarnation: t.exposeInt('incarnation', {
      description:
        'Which log the offsets belong to. The number rises when an operator accepts a truncated or re-created topic.',
    }),
    fromOffset: t.expose('from', {
      type: 'Offset',
      description: 'First offset that is covered; batches are covered whole.',
    }),
    toOffset: t.expose('to', {
      type: 'Offset',
      description: 'End of the offsets that are covered, exclusive.',
    }),
    batchCount: t.exposeInt('batches', { description: 'Batches that are covered.' }),
    offsets: t.expose('offsets', { type: 'BigInt', description: 'Offsets that these batches have read.' }),
    attempts: t.expose('logins', { type: 'BigInt', description: 'Offsets that are counted as attempts.' }),
    rejects: t.expose('rejects', { type: 'BigInt', description: 'Offsets that are rejected.' }),
    rejectsByReason: t.field({
      type: [RejectReasonCount],
      description: 'The rejected records that are kept, by reason.',
      resolve: ({ rejectsByReason }) => [...rejectsByReason].sort(([a], [b]) => (a < b ? -1 : 1)),
    }),
    redrivenAttempts: t.expose('redriven', {
      type: 'BigInt',
      description: 'Attempts among them that were rejects once and were redriven.',
    }),
    gaps: t.expose('gaps', {
      type: 'BigInt',
      description: 'Offsets without a record: transaction markers, aborted or compacted records.',
    }),
    parkedOffsets: t.expose('parked', { type: 'BigInt', description: 'Offsets of parked batches.' }),
    skippedOffsets: t.expose('skipped', {
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

const Schedule = builder.objectRef<ScheduledReconciliation>('ScheduledReconciliation').implement({
  extensions: needs('reconciliation'),
  description:
    'How far the schedule has compared the ledger (reconciliationRuns), and what it found (discrepancies).',
  fields: (t) => ({
    coveredTo: t.expose('coveredTo', {
      type: 'DateTime',
      description: 'Every batch that was written or changed before it has been compared.',
    }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', description: 'When its last run was done.' }),
    openDiscrepancyCount: t.exposeInt('openDiscrepancies', {
      description: 'Discrepancies of all its runs that are still there (discrepancies).',
    }),
  }),
})

const Reconciliation = builder.objectRef<ReconciliationShape>('Reconciliation').implement({
  extensions: needs('reconciliation'),
  description: 'The tables of the database compared with each other, in one snapshot.',
  fields: (t) => ({
    isConsistent: t.boolean({
      description:
        'Whether everything that was compared says the same. It speaks of the covered batches alone (firstCommittedAt, ' +
        'lastCommittedAt, partitions); see also pageInfo, hasComparedTotals and expiredBatchCount.',
      resolve: ({ differences }) => differences.length === 0,
    }),
    batchCount: t.exposeInt('batches', { description: 'Batches that are covered.' }),
    firstCommittedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the first covered batch was written; null: none is covered.',
      resolve: ({ committed }) => committed?.from ?? null,
    }),
    lastCommittedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last covered batch was written; null: none is covered.',
      resolve: ({ committed }) => committed?.to ?? null,
    }),
    pageInfo: t.expose('pageInfo', {
      type: builder.pageInfoRef(),
      description: 'Where the covered batches are in the ledger; those after them were written earlier.',
    }),
    schedule: t.expose('schedule', {
      type: Schedule,
      nullable: true,
      description:
        'What the schedule found, which compares every batch after it is written or changed; null when it has not run ' +
        'yet.',
    }),
    partitions: t.expose('partitions', {
      type: [ReconciledPartition],
      description: 'What is covered of each partition and each of its logs, in order.',
    }),
    discrepancies: t.expose('differences', {
      type: [FoundDiscrepancy],
      description: 'What differs, of the covered batches and of the buckets that they count into.',
    }),
    hasMoreDiscrepancies: t.exposeBoolean('hasMoreDiscrepancies', {
      description: 'Whether there are more discrepancies than are listed.',
    }),
    expiredBatchCount: t.exposeInt('expired', {
      description:
        'Batches whose rows of attempts could not be compared, because some of their days are past retention.',
    }),
    hasComparedTotals: t.exposeBoolean('withTotals', {
      description:
        'Whether the attempts and rejects of checkpoints were compared with the sum over all batches. A question does ' +
        'this only when it covers all batches and gives neither offsets nor times. Each run of the schedule does it, ' +
        'and raises a discrepancy for a difference.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('reconciliation', (t) =>
  t.field({
    type: Reconciliation,
    nullable: true,
    description:
      'Accounts for every offset that was read, and compares the ledger with counts, deltas, rows, rejects and ' +
      `checkpoints. Without offsets and times it covers the latest ${limits.newestBatches} batches, and \`after\` goes on with those ` +
      `before them; otherwise it covers all batches of the range, at most ${limits.batches}. All conditions must hold. A request may ` +
      'ask once.',
    // More than half of what a request may cost: it adds up thousands of batches.
    complexity: { field: Math.ceil((limits.complexity + 1) / 2), multiplier: 1 },
    extensions: { expensive: true, ...needs('reconciliation') },
    args: {
      topic: t.arg.string({ description: 'Topic of the batches; default: the one that is counted.' }),
      partitions: t.arg.intList({ description: 'Only these partitions; default: all.' }),
      fromOffset: t.arg({
        type: 'Offset',
        description: 'With toOffset: batches that hold an offset of [fromOffset, toOffset).',
      }),
      toOffset: t.arg({ type: 'Offset', description: 'End of the offsets, exclusive.' }),
      committedAt: t.arg({ type: TimeRangeInput, description: 'When the batches were first written.' }),
      first: t.arg.int({
        description: `How many batches, latest first, at most ${limits.batches}; default: ${limits.newestBatches}, or all of a range.`,
      }),
      after: t.arg.string({ description: 'pageInfo.endCursor of the answer that this one goes on from.' }),
    },
    resolve: (_, args, context) =>
      readReconciliation(
        context,
        args.topic ?? context.topic,
        {
          partitions: args.partitions ?? null,
          fromOffset: args.fromOffset ?? null,
          toOffset: args.toOffset ?? null,
          committed: timeRange(args.committedAt),
        },
        { first: args.first ?? null, after: args.after ?? null },
      ),
  }),
)
