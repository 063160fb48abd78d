import type { Contribution } from '../../../db/read/ledger/lineage.ts'
import { builder } from '../builder.ts'
import { EXPENSIVE_COMPLEXITY } from '../../plugins/limit-expensive.ts'
import { limits } from '../../context/limits.ts'
import { InvalidRangeError, TooManyBatchesError } from '../../context/errors.ts'
import { type Lineage as LineageShape, traceBucket } from '../../pipeline/lineage.ts'
import { CountFilterInput, countFilter } from '../analytics/count-args.ts'
import { UtcBucketEnum } from '../fields/analytics-enums.ts'
import { completenessFor } from '../../questions/bucket-completeness.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteField } from '../fields/marks.ts'

const ContributionType = builder.objectRef<Contribution>('Contribution').implement({
  description: 'What a batch added to a point of a chart.',
  fields: (t) => ({
    batchId: t.expose('batch_id', { type: 'Offset', description: 'The batch (batch).' }),
    revision: t.exposeInt('revision', {
      description:
        '0: what the batch added when it was first written. Higher: what a replay or a redrive of rejects added.',
    }),
    partition: t.exposeInt('partition', { description: 'Partition of the batch.' }),
    incarnation: t.exposeInt('incarnation', {
      description: 'Which log of the partition its offsets are of.',
    }),
    fromOffset: t.expose('from_offset', { type: 'Offset', description: 'First offset of the batch.' }),
    toOffset: t.expose('to_offset', { type: 'Offset', description: 'End of the batch, itself not in it.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Logins that it added to this point.' }),
    countedAt: t.expose('counted_at', { type: 'DateTime', description: 'When they were counted.' }),
  }),
})

const Lineage = builder.objectRef<LineageShape & { isComplete: boolean }>('Lineage').implement({
  description: 'A point of a chart and what made it.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'Start of the bucket.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the bucket, itself not in it.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    isComplete: t.field(isCompleteField),
    logins: t.expose('logins', {
      type: 'BigInt',
      description: 'Logins of the point, as loginCounts has them: the sum of the contributions.',
    }),
    contributions: t.expose('contributions', {
      type: [ContributionType],
      // Capped by their number; only what is asked of each counts here.
      complexity: { field: 1, multiplier: 100 },
      description: 'In the order in which they were counted.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('lineage', (t) =>
  t.field({
    type: Lineage,
    nullable: true,
    errors: {
      types: [InvalidRangeError, TooManyBatchesError],
      union: { description: 'What made a point of a chart, or why not.' },
    },
    description: `From a point of a chart to the batches that made it; at most ${limits.batches}.`,
    complexity: EXPENSIVE_COMPLEXITY,
    extensions: { expensive: true },
    args: {
      bucket: t.arg({ type: 'DateTime', required: true, description: 'Start of the bucket.' }),
      size: t.arg({ type: UtcBucketEnum, required: true, description: 'Length of the bucket.' }),
      filter: t.arg({ type: CountFilterInput, description: 'Which logins of it; left out: all.' }),
    },
    resolve: async (_, { bucket, size, filter }, context, info) => {
      const lineage = await traceBucket(context, bucket, size, countFilter(filter))
      return { ...lineage, isComplete: (await completenessFor(context, info))(lineage) }
    },
  }),
)
