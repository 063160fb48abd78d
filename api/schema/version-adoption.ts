import type { AdoptionPoint, VersionShare } from '../../domain/adoption.ts'
import { adoptionOf } from '../../domain/adoption.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { builder } from '../builder.ts'
import { countSeries } from '../count-series.ts'
import { InvalidRangeError, RangeTooLargeError, TooManyRowsError } from '../errors.ts'
import { questionRange } from '../question-range.ts'
import { bucketArgs, countFilter } from './count-args.ts'
import { BucketEnum } from './analytics-enums.ts'
import { freshnessField } from './freshness.ts'

const VersionShareType = builder.objectRef<VersionShare>('VersionShare').implement({
  description: 'The logins of one app version in a bucket.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'The version as the login said it.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins with it.' }),
    share: t.exposeFloat('share', { description: 'Part of all logins of the bucket, from 0 to 1.' }),
  }),
})

type PointShape = AdoptionPoint & { bucket: TimeBucket }

const VersionPoint = builder.objectRef<PointShape>('VersionPoint').implement({
  description: 'App versions of one bucket.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'First moment of the bucket, or of the range where that cuts it.',
      resolve: ({ bucket }) => new Date(bucket.fromMs),
    }),
    end: t.field({
      type: 'DateTime',
      description: 'End of it, itself not in it.',
      resolve: ({ bucket }) => new Date(bucket.toMs),
    }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins of the bucket.' }),
    versions: t.expose('versions', {
      type: [VersionShareType],
      complexity: { field: 1, multiplier: 10 },
      description: 'Those with logins, in order of semver; what is no semver comes last.',
    }),
    newest: t.exposeString('newest', {
      nullable: true,
      description:
        'The version that others are older than: `current`, or the highest release seen in this bucket or one before it of ' +
        'the range. Null: none was.',
    }),
    outdatedLogins: t.expose('outdatedLogins', {
      type: 'BigInt',
      description: 'Logins with a version older than `newest`; what is no semver is not older.',
    }),
    outdatedShare: t.exposeFloat('outdatedShare', { description: 'The same as part of all, from 0 to 1.' }),
  }),
})

const VersionAdoption = builder.objectRef<{ points: PointShape[] }>('VersionAdoption').implement({
  description: 'How versions of the app follow each other.',
  fields: (t) => ({
    points: t.expose('points', {
      type: [VersionPoint],
      complexity: { field: 1, multiplier: 50 },
      description: 'In order of time.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('versionAdoption', (t) =>
  t.field({
    type: VersionAdoption,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, TooManyRowsError],
      union: { description: 'The curve, or why not.' },
    },
    description: 'The share of each version of the app over time, and of outdated ones.',
    args: {
      ...bucketArgs(),
      bucket: t.arg({ type: BucketEnum, defaultValue: 'day', description: 'Length of the buckets.' }),
      current: t.arg.string({
        description:
          'The version that others are outdated against (semver); left out: the highest release seen.',
      }),
    },
    resolve: async (_, { bucket, current, ...args }, context) => {
      const { buckets } = questionRange(bucket ?? 'day', args, context.nowMs)
      const series = await countSeries(context, buckets, {
        source: { kind: 'now' },
        groupBy: ['app_version'],
        filter: countFilter(args.filter),
      })
      const points = adoptionOf([...series.values()], buckets.length, current ?? null)
      return { points: points.flatMap((point) => withBucket(point, buckets[point.place])) }
    },
  }),
)

const withBucket = (point: AdoptionPoint, bucket: TimeBucket | undefined): PointShape[] =>
  bucket === undefined ? [] : [{ ...point, bucket }]
