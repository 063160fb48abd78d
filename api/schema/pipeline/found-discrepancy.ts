import type { CountPlace, Difference } from '../../../domain/pipeline/reconciliation.ts'
import { byField } from '../../../domain/counts/dimensions.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { titleOf, typeOf } from '../fields/dimensions.ts'
import { CountBucketEnum, DiscrepancyKindEnum } from '../fields/pipeline-enums.ts'

const CountPlaceType = builder.objectRef<CountPlace>('CountPlace').implement({
  extensions: needs('reconciliation'),
  description: 'The place of one count: a bucket, and a value of each dimension that it is counted by.',
  fields: (t) => ({
    bucket: t.expose('size', { type: CountBucketEnum, description: 'Length of the bucket.' }),
    start: t.expose('bucket', { type: 'DateTime', description: 'Start of the bucket, UTC.' }),
    ...byField((dimension) =>
      t.field({
        type: typeOf(dimension),
        nullable: true,
        description: `${titleOf(dimension)}; null: over all.`,
        resolve: (place) => place[dimension.field],
      }),
    ),
  }),
})

export const FoundDiscrepancy = builder.objectRef<Difference>('FoundDiscrepancy').implement({
  extensions: needs('reconciliation'),
  description: 'Two tables that should say the same and do not.',
  fields: (t) => ({
    kind: t.expose('kind', { type: DiscrepancyKindEnum, description: 'Which two tables differ.' }),
    partition: t.exposeInt('partition', {
      nullable: true,
      description:
        'The partition whose batches differ; null when a count differs, because counts cover all partitions.',
    }),
    batchId: t.expose('batchId', {
      type: 'Offset',
      nullable: true,
      description:
        'The batch concerned; for a hole or an overlap, the batch next to it. Null when it is not about a single ' +
        'batch.',
    }),
    count: t.expose('count', {
      type: CountPlaceType,
      nullable: true,
      description: 'The count; null when it is about none.',
    }),
    subject: t.exposeString('subject', {
      description: 'What differs, in words. The text stays the same while the numbers change.',
    }),
    expected: t.expose('expected', { type: 'BigInt', description: 'What the first of the two says.' }),
    found: t.expose('found', { type: 'BigInt', description: 'What the second of the two says.' }),
  }),
})
