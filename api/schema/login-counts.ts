import { type CountRow, readLoginCounts } from '../../db/read/login-counts.ts'
import type { MinuteRange } from '../../db/read/minute-range.ts'
import type { BucketSize } from '../../domain/counts.ts'
import type { DeviceType, Outcome } from '../../domain/login.ts'
import { builder } from '../builder.ts'
import { caps, checkBuckets, checkRows, minuteRange } from '../caps.ts'
import { InvalidRangeError, RangeTooLargeError, TooManyRowsError } from '../errors.ts'
import { countArgs, countFilter } from './count-args.ts'
import { BucketEnum, DeviceTypeEnum, DimensionEnum, OutcomeEnum } from './enums.ts'
import { freshnessField } from './freshness.ts'

const LoginCount = builder.objectRef<CountRow>('LoginCount').implement({
  description: 'Logins of one bucket and one combination of the dimensions that were grouped by.',
  fields: (t) => ({
    bucket: t.expose('bucket', { type: 'DateTime', description: 'Start of the bucket, UTC.' }),
    deviceType: t.field({
      type: DeviceTypeEnum,
      nullable: true,
      description: 'Device type; null when not grouped by.',
      resolve: (row) => row.device_type as DeviceType | null,
    }),
    appVersion: t.exposeString('app_version', {
      nullable: true,
      description: 'App version; null when not grouped by.',
    }),
    locale: t.exposeString('locale', { nullable: true, description: 'Locale; null when not grouped by.' }),
    outcome: t.field({
      type: OutcomeEnum,
      nullable: true,
      description: 'Outcome; null when not grouped by.',
      resolve: (row) => row.outcome as Outcome | null,
    }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins, each counted once.' }),
  }),
})

type LoginCountsShape = MinuteRange & { bucket: BucketSize; rows: CountRow[] }

const LoginCounts = builder.objectRef<LoginCountsShape>('LoginCounts').implement({
  description: 'Logins over time.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'First moment of the range.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the range, itself not in it.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    bucket: t.expose('bucket', { type: BucketEnum, description: 'Length of the buckets.' }),
    rows: t.expose('rows', {
      type: [LoginCount],
      // Rows are capped by their number; only what is asked of each counts here.
      complexity: { field: 1, multiplier: 100 },
      description:
        'In order of bucket, then of the dimensions. Buckets and combinations without logins are absent. The first and ' +
        'the last bucket count only the part of them that is in the range.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('loginCounts', (t) =>
  t.field({
    type: LoginCounts,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, TooManyRowsError],
      union: { description: 'Logins over time, or why not.' },
    },
    description: `Logins over time, by any of the dimensions. At most ${caps.buckets} buckets and ${caps.rows} rows.`,
    args: {
      ...countArgs(),
      bucket: t.arg({ type: BucketEnum, required: true, description: 'Length of the buckets.' }),
      groupBy: t.arg({
        type: [DimensionEnum],
        defaultValue: [],
        description: 'Dimensions to count by, beside the bucket; none: all logins of a bucket in one row.',
      }),
    },
    resolve: async (_, args, context) => {
      const range = minuteRange(args.from ?? null, args.to ?? null, context.nowMs)
      checkBuckets(range, args.bucket)
      const groupBy = [...new Set(args.groupBy ?? [])]
      const rows = await context.read((session) =>
        readLoginCounts(session, range, args.bucket, groupBy, countFilter(args.filter), caps.rows + 1),
      )
      checkRows(rows)
      return { ...range, bucket: args.bucket, rows }
    },
  }),
)
